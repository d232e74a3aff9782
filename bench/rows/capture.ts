import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createAuthStore } from '../../src/adapters/store/auth-store.ts';
import { loginText, stateText } from '../../test/support/logins.ts';
import { docker, engineWithBase, withContainer } from '../engine.ts';
import { childrenTime, processorTime } from '../processes.ts';
import type { Row } from '../row.ts';
import { inTurns, median, timed } from '../samples.ts';

const megabyte = 1024 * 1024;

/** Writes so many files of one size into /tree, and a login beside them. */
const fill = (files: number, bytes: number): readonly string[] => [
  'node',
  '-e',
  `const fs = require('node:fs');
   for (let i = 0; i < ${files}; i += 1) {
     fs.mkdirSync('/tree/' + (i % 20), { recursive: true });
     fs.writeFileSync('/tree/' + (i % 20) + '/' + i, require('node:crypto').randomBytes(${bytes}));
   }
   fs.writeFileSync('/tree/.credentials.json', ${JSON.stringify(loginText('bench'))});
   fs.writeFileSync('/tree/.claude.json', ${JSON.stringify(stateText('bench'))});
   fs.writeFileSync('/ready', '');
   setInterval(() => {}, 1000);`,
];

const whenFilled = async (container: string): Promise<void> => {
  for (;;) {
    const ready = await docker('exec', container, 'test', '-e', '/ready').then(
      () => true,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

export const captureRows: readonly Row[] = [
  {
    name: 'capture',
    what: 'capture of 1,000 files and 200 MB, its login made to last on the disk',
    against: '`docker cp` of the same tree',
    unit: 'ms',
    comparison: 'ratio',
    limit: 1.5,
    async measure({ folder, rounds }) {
      const engine = await engineWithBase();
      const store = createAuthStore({ uid: process.getuid?.() ?? null });
      const { signal } = new AbortController();
      return withContainer(fill(1000, 200_000), async (container) => {
        await whenFilled(container);
        const busy = { ours: [] as number[], copy: [] as number[] };
        const capture = async () => {
          const target = await folder('captured');
          const before = await processorTime(process.pid);
          const taken = await timed(async () => {
            const tar = await engine.download(container, '/tree/.', signal);
            if (!tar.ok) throw new Error(tar.failure.why);
            const staged = await store.stage(target, tar.value, { leaveOut: [], signal });
            if (!staged.ok) throw new Error(staged.failure.why);
            const committed = await store.commit(staged.value);
            if (!committed.ok) throw new Error(committed.failure.why);
          });
          busy.ours.push((await processorTime(process.pid)) - before);
          await rm(target, { recursive: true });
          return taken;
        };
        const copy = async () => {
          const target = await folder('copied');
          const before = await childrenTime();
          const taken = await timed(() => docker('cp', `${container}:/tree`, target));
          busy.copy.push((await childrenTime()) - before);
          await rm(target, { recursive: true });
          return taken;
        };
        const { ours, reference } = await inTurns(rounds, { ours: capture, reference: copy });
        const note = `processor time: ours ${median(busy.ours)} ms, \`docker cp\` ${median(busy.copy)} ms`;
        return { ours, reference, note };
      });
    },
  },
  {
    name: 'capture-memory',
    what: 'memory of a capture of 1 GB, over its start',
    against: '',
    unit: 'MB',
    comparison: 'itself',
    limit: 64,
    async measure({ folder }) {
      await engineWithBase();
      return withContainer(fill(100, 10 * megabyte), async (container) => {
        await whenFilled(container);
        const take = async () => {
          const target = await folder('captured');
          const script = fileURLToPath(new URL('../capture-alone.ts', import.meta.url));
          const child = spawn(process.execPath, [script, container, target], {
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          let output = '';
          child.stdout.on('data', (text) => {
            output += text;
          });
          await once(child, 'close');
          await rm(target, { recursive: true });
          return Number(output);
        };
        // Each writes a gigabyte; the numbers hardly differ.
        return { ours: (await inTurns(3, { take })).take };
      });
    },
  },
];
