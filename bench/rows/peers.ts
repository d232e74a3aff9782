import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstFrame, wholeProcess } from '../processes.ts';
import { NotHere, type Row } from '../row.ts';
import { inTurns } from '../samples.ts';
import type { World } from '../world.ts';

const run = promisify(execFile);

/** A package that is installed once for a run; gives the folder of its programs. */
const installedOnce = (name: string): ((world: World) => Promise<string>) => {
  let installed: Promise<string> | null = null;
  return (world) => {
    installed ??= install(world, name);
    return installed;
  };
};

const install = async ({ folder }: World, name: string): Promise<string> => {
  const prefix = await folder('peer');
  try {
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', prefix, name], {
      timeout: 240_000,
    });
  } catch (error) {
    throw new NotHere(`npm did not install ${name}: ${firstLine(error)}`);
  }
  return join(prefix, 'node_modules', '.bin');
};

const firstLine = (error: unknown): string =>
  String((error as Error).message)
    .split('\n')[0]
    ?.slice(0, 80) ?? '';

type Env = Awaited<ReturnType<World['home']>>;

const geminiName = '@google/gemini-cli';
const ccsName = '@kaitranntt/ccs';
const gemini = { installed: installedOnce(geminiName), program: 'gemini', profiles: 0 };
const ccs = { installed: installedOnce(ccsName), program: 'ccs', profiles: 1 };

/** Milliseconds after which a peer is taken to hang. */
const patience = 60_000;

/** A row of ours against a program of another package, each called in turn. */
const peerRow = (
  row: Pick<Row, 'name' | 'what' | 'against'>,
  peer: {
    readonly installed: (world: World) => Promise<string>;
    readonly program: string;
    readonly profiles: number;
  },
  call: {
    readonly ours: (world: World, env: Env) => Promise<number>;
    readonly reference: (program: readonly string[], env: Env) => Promise<number>;
  },
): Row => ({
  ...row,
  unit: 'ms',
  comparison: 'ratio',
  limit: null,
  async measure(world) {
    const bin = await peer.installed(world);
    const env = await world.home(peer.profiles);
    const reference = () => call.reference([process.execPath, join(bin, peer.program)], env);
    try {
      // The first start of a program sets its home up.
      await reference();
    } catch (error) {
      throw new NotHere(`${peer.program} does not run here: ${firstLine(error)}`);
    }
    return inTurns(world.rounds, { ours: () => call.ours(world, env), reference });
  },
});

export const peerRows: readonly Row[] = [
  peerRow(
    { name: 'peer-list', what: '`profile list`, whole process', against: `\`ccs auth list\` of ${ccsName}` },
    ccs,
    {
      ours: ({ program }, env) => wholeProcess([...program, 'profile', 'list'], env),
      reference: (program, env) => wholeProcess([...program, 'auth', 'list'], env, patience),
    },
  ),
  peerRow(
    { name: 'peer-version', what: '`--version`, whole process', against: `\`--version\` of ${geminiName}` },
    gemini,
    {
      ours: ({ program }, env) => wholeProcess([...program, '--version'], env),
      reference: (program, env) => wholeProcess([...program, '--version'], env, patience),
    },
  ),
  peerRow(
    { name: 'peer-first-frame', what: 'first frame on a terminal', against: `first frame of ${geminiName}` },
    gemini,
    {
      ours: ({ program }, env) => firstFrame(program, env, 'Engine'),
      // Its first picture is the box around its greeting or its first question.
      reference: (program, env) => firstFrame(program, env, '╭'),
    },
  ),
];
