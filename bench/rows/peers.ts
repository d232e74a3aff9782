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

const gemini = '@google/gemini-cli';
const ccs = '@kaitranntt/ccs';

export const peerRows: readonly Row[] = [
  {
    name: 'peer-list',
    what: '`profile list`, whole process',
    against: `\`ccs list\` of ${ccs}`,
    unit: 'ms',
    comparison: 'ratio',
    limit: null,
    async measure(world) {
      const bin = await install(world, ccs);
      const env = await world.home(1);
      const { ours, reference } = await inTurns(world.rounds, {
        ours: () => wholeProcess([...world.program, 'profile', 'list'], env),
        reference: () => wholeProcess([process.execPath, join(bin, 'ccs'), 'list'], env),
      });
      return { ours, reference };
    },
  },
  {
    name: 'peer-version',
    what: '`--version`, whole process',
    against: `\`--version\` of ${gemini}`,
    unit: 'ms',
    comparison: 'ratio',
    limit: null,
    async measure(world) {
      const bin = await install(world, gemini);
      const env = await world.home(0);
      const { ours, reference } = await inTurns(world.rounds, {
        ours: () => wholeProcess([...world.program, '--version'], env),
        reference: () => wholeProcess([process.execPath, join(bin, 'gemini'), '--version'], env),
      });
      return { ours, reference };
    },
  },
  {
    name: 'peer-first-frame',
    what: 'first frame on a terminal',
    against: `first frame of ${gemini}`,
    unit: 'ms',
    comparison: 'ratio',
    limit: null,
    async measure(world) {
      const bin = await install(world, gemini);
      const env = await world.home(0);
      const { ours, reference } = await inTurns(world.rounds, {
        ours: () => firstFrame(world.program, env, 'Engine'),
        // Its first picture is the box around its greeting or its first question.
        reference: () => firstFrame([process.execPath, join(bin, 'gemini')], env, '╭'),
      });
      return { ours, reference };
    },
  },
];
