import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { firstFrame, wholeProcess } from '../processes.ts';
import { NotHere, type Row } from '../row.ts';
import { inTurns } from '../samples.ts';
import type { World } from '../world.ts';

const run = promisify(execFile);

/** Installs a package for this run; its programs' folder. */
const install = async ({ folder }: World, name: string): Promise<string> => {
  const prefix = await folder('peer');
  try {
    await run('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', prefix, name], {
      timeout: 300_000,
    });
  } catch (error) {
    const [why] = String((error as Error).message).split('\n');
    throw new NotHere(`npm did not install ${name}: ${why?.slice(0, 80)}`);
  }
  return join(prefix, 'node_modules', '.bin');
};

type Env = Awaited<ReturnType<World['home']>>;

const gemini = '@google/gemini-cli';
const ccs = '@kaitranntt/ccs';

/** A row of ours against a program of another package, each called in turn. */
const peerRow = (
  row: Pick<Row, 'name' | 'what' | 'against'>,
  peer: { readonly of: string; readonly program: string; readonly profiles: number },
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
    const bin = await install(world, peer.of);
    const env = await world.home(peer.profiles);
    return inTurns(world.rounds, {
      ours: () => call.ours(world, env),
      reference: () => call.reference([process.execPath, join(bin, peer.program)], env),
    });
  },
});

export const peerRows: readonly Row[] = [
  peerRow(
    { name: 'peer-list', what: '`profile list`, whole process', against: `\`ccs list\` of ${ccs}` },
    { of: ccs, program: 'ccs', profiles: 1 },
    {
      ours: ({ program }, env) => wholeProcess([...program, 'profile', 'list'], env),
      reference: (program, env) => wholeProcess([...program, 'list'], env),
    },
  ),
  peerRow(
    { name: 'peer-version', what: '`--version`, whole process', against: `\`--version\` of ${gemini}` },
    { of: gemini, program: 'gemini', profiles: 0 },
    {
      ours: ({ program }, env) => wholeProcess([...program, '--version'], env),
      reference: (program, env) => wholeProcess([...program, '--version'], env),
    },
  ),
  peerRow(
    { name: 'peer-first-frame', what: 'first frame on a terminal', against: `first frame of ${gemini}` },
    { of: gemini, program: 'gemini', profiles: 0 },
    {
      ours: ({ program }, env) => firstFrame(program, env, 'Engine'),
      // Its first picture is the box around its greeting or its first question.
      reference: (program, env) => firstFrame(program, env, '╭'),
    },
  ),
];
