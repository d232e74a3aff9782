import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { streamOf, tarOf } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { faultyFileSystem } from '../../support/faulty-file-system.ts';
import { loginText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { reportTrials } from '../../support/soak.ts';
import { makeTemporary } from '../../support/temporary.ts';

const uid = process.getuid?.() ?? null;
const signal = new AbortController().signal;

const archive = await tarOf([
  ['./.credentials.json', loginText('two')],
  ['./.claude.json', '{}'],
  ['./projects/', { type: 'directory' }],
  ['./projects/a/', { type: 'directory' }],
  ['./projects/a/b.jsonl', 'captured'],
  ['./projects/new/', { type: 'directory' }],
  ['./projects/new/c.jsonl', 'captured'],
]);

/** A capture during which somebody swaps a directory for a link to elsewhere, after so many calls of the file system. */
const trial = async (
  swapped: string,
  at: number,
): Promise<{ readonly swap: boolean; readonly ok: boolean }> => {
  const world = await makeTemporary('/dev/shm');
  try {
    const { authDir, home } = world;
    const victim = join(world.root, 'victim');
    mkdirSync(join(authDir, 'projects/a'), { recursive: true, mode: 0o700 });
    writeFileSync(join(authDir, '.credentials.json'), loginText('one'), { mode: 0o600 });
    mkdirSync(join(victim, 'a'), { recursive: true, mode: 0o755 });
    for (const name of ['b.jsonl', 'a/b.jsonl', '.credentials.json'])
      writeFileSync(join(victim, name), 'precious', { mode: 0o644 });
    const before = diskState(victim);
    const honest = createAuthStore({ uid });
    const staging = unwrap(await honest.stage(authDir, streamOf(archive), { leaveOut: [], signal }));
    let calls = 0;
    let swap = false;
    const { files } = faultyFileSystem({
      at: 0,
      fault: { kind: 'crash' },
      afterStep: () => {
        calls += 1;
        if (calls !== at) return;
        const place = join(authDir, swapped);
        if (!existsSync(place)) return;
        renameSync(place, join(home, 'put-away'));
        symlinkSync(join(victim, swapped === 'projects/a' ? 'a' : ''), place);
        swap = true;
      },
    });
    const committed = await createAuthStore({ uid, files }).commit(staging);
    expect(diskState(victim), `${swapped} swapped after call ${at}`).toEqual(before);
    rmSync(join(home, 'put-away'), { recursive: true, force: true });
    return { swap, ok: committed.ok };
  } finally {
    await world.remove();
  }
};

it.each(['projects', 'projects/a', ''])(
  'whatever is swapped for a link during a commit, nothing is written through it: "%s"',
  { timeout: 120_000 },
  async (swapped) => {
    let trials = 0;
    let refused = 0;
    for (let at = 1; ; at += 1) {
      const { swap, ok } = await trial(swapped, at);
      if (!swap && ok && at > 20) break;
      trials += 1;
      if (!ok) refused += 1;
    }
    expect(trials).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(5);
    reportTrials(
      `"${swapped}" swapped for a link in a commit: ${trials}, 0 wrote through it, ${refused} refused`,
    );
  },
);
