import { lstatSync, mkdirSync, readdirSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import fc from 'fast-check';
import type { Header } from 'tar-stream';
import { expect, it, onTestFinished } from 'vitest';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { failureLine } from '../../../src/domain/failure.ts';
import { streamOf, type TarEntry, tarOf } from '../../support/config-tar.ts';
import { diskState } from '../../support/disk-state.ts';
import { loginText } from '../../support/logins.ts';
import { reportTrials, seed } from '../../support/soak.ts';
import { makeTemporary } from '../../support/temporary.ts';

const names = [
  'a',
  'b',
  'A',
  'd',
  'é',
  'e\u0301',
  '.credentials.json',
  '.claude.json',
  'settings.json',
  '..',
  '.',
  '',
  'todos',
  '.claude-setup',
  'x\ny',
  'n'.repeat(120),
  'n'.repeat(256),
  '\u001b]0;title\u0007',
];
const name = fc
  .tuple(
    fc.constantFrom('./', '', '/', './../', '../'),
    fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '/'),
  )
  .map(([before, path, after]) => `${before}${path.join('/')}${after}`);
const target = fc.oneof(
  name,
  fc.constantFrom('/etc/passwd', '../canary', '../../canary', 'a/../../canary', 'd/..', '..'),
);
const types = [
  'file',
  'file',
  'file',
  'directory',
  'symlink',
  'link',
  'fifo',
  'character-device',
  'block-device',
  'contiguous-file',
] as const;

const entry: fc.Arbitrary<TarEntry> = fc
  .record({
    type: fc.constantFrom<Header['type']>(...types),
    mode: fc.constantFrom(0o600, 0o644, 0o777, 0o4755, 0o2755, 0o1777, 0),
    linkname: target,
    content: fc.constantFrom('', 'x', 'y'.repeat(600)),
    mtime: fc.constantFrom(new Date(0), new Date(Date.UTC(2026, 0, 1)), new Date(8e12)),
  })
  .map(({ content, linkname, ...header }) => ({
    ...header,
    ...(header.type === 'file' ? { content } : {}),
    ...(header.type === 'symlink' || header.type === 'link' ? { linkname } : {}),
  }));

/** Where a header's name, size, type and prefix begin or lie: changes there do the most. */
const fields = [0, 124, 125, 130, 134, 135, 156, 157, 345];

/** Changes of bytes: anywhere, or in a header whose checksum is then put right, so that the change gets past it. */
const change = fc.record({
  at: fc.nat(),
  field: fc.option(fc.constantFrom(...fields)),
  value: fc.oneof(
    fc.nat(255),
    fc.constantFrom(...[...'0123456789xgLKNSDAV/. -'].map((c) => c.charCodeAt(0)), 0x80, 0xff),
  ),
  header: fc.boolean(),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const apply = (archive: Buffer, { at, field, value, header }: Change) => {
  if (!header) {
    archive[at % archive.length] = value;
    return;
  }
  const start = (at % Math.max(1, Math.floor(archive.length / 512))) * 512;
  const block = archive.subarray(start, start + 512);
  block[field ?? at % 512] = value;
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
};

/** Everything in a staging is a plain file, a directory or a link that leads nowhere or to somewhere inside. */
const expectHarmless = (root: string) => {
  const walk = (directory: string) => {
    for (const found of readdirSync(directory)) {
      const path = join(directory, found);
      const stats = lstatSync(path);
      if (stats.isSymbolicLink()) {
        let real = root;
        try {
          real = realpathSync(path);
        } catch (error) {
          if (
            !(
              error instanceof Error &&
              'code' in error &&
              ['ENOENT', 'ELOOP', 'ENOTDIR', 'ENAMETOOLONG'].includes(String(error.code))
            )
          )
            throw error;
        }
        if (relative(root, real).split(sep)[0] === '..')
          throw new Error(`${path} leads out to ${readlinkSync(path)}`);
      } else if (stats.isDirectory()) {
        expect(stats.mode & 0o7777).toBe(0o700);
        walk(path);
      } else {
        expect(stats.isFile()).toBe(true);
        expect(stats.nlink).toBe(1);
        expect([0o600, 0o700]).toContain(stats.mode & 0o7777);
      }
    }
  };
  walk(root);
};

/** How many archives each test makes; 100,000 in a soak. */
const runs = Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 500);

/** Takes archives over, one after the other, and fails when one of them does harm. */
const openJudge = async () => {
  const world = await makeTemporary('/dev/shm');
  onTestFinished(() => world.remove());
  const place = join(world.home, 'place');
  const authDir = join(place, 'auth');
  mkdirSync(authDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(place, 'canary'), 'untouched', { mode: 0o600 });
  writeFileSync(join(authDir, 'canary'), 'untouched', { mode: 0o600 });
  const before = diskState(world.root);
  const store = createAuthStore({ uid: process.getuid?.() ?? null });
  const outcomes = new Map<string, number>();
  const most = { ms: 0, memory: 0 };
  return {
    outcomes,
    async judge(archive: Buffer, chunk: number) {
      const start = performance.now();
      const staged = await store.stage(authDir, streamOf(archive, chunk), {
        leaveOut: ['todos'],
        signal: AbortSignal.timeout(10_000),
      });
      most.ms = Math.max(most.ms, performance.now() - start);
      most.memory = Math.max(most.memory, process.memoryUsage.rss());
      const outcome = staged.ok ? 'taken' : staged.failure.code;
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (staged.ok) {
        try {
          expectHarmless(staged.value.path);
        } finally {
          // Else the next archive would be blamed for it.
          await store.discard(staged.value);
        }
      } else {
        // Interrupted would mean that it hung.
        expect(staged.failure.code).toMatch(/^capture\./);
        expect(failureLine(staged.failure)).toMatch(/^[^\p{C}]{1,500}$/u);
      }
      expect(diskState(world.root)).toEqual(before);
    },
    report(what: string) {
      const counts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
      reportTrials(
        `${what}: ${runs} (seed ${seed}), 0 did harm: ${counts}; at most ${most.ms.toFixed(0)} ms for one, and ${(most.memory / 2 ** 20).toFixed(0)} MiB of memory`,
      );
    },
  };
};

it(`${runs} made-up archives, half of them mutated, touch nothing outside and bring nothing harmful in`, {
  timeout: 3_000_000,
}, async () => {
  const { judge, outcomes, report } = await openJudge();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(name, entry), { maxLength: 6 }),
      fc.oneof(fc.constant([]), fc.array(change, { maxLength: 6 })),
      fc.integer({ min: 1, max: 5000 }),
      async (entries, changes, chunk) => {
        const archive = await tarOf(entries);
        for (const one of changes) apply(archive, one);
        await judge(archive, chunk);
      },
    ),
    { numRuns: runs, seed },
  );
  report('archives made up, half of them mutated');
  expect(outcomes.get('taken')).toBeGreaterThan(runs / 50);
  expect(outcomes.get('capture.unsafe-archive')).toBeGreaterThan(runs / 50);
});

it(`${runs} mutations of an archive that is good touch nothing outside and bring nothing harmful in`, {
  timeout: 3_000_000,
}, async () => {
  const { judge, outcomes, report } = await openJudge();
  const good = await tarOf([
    ['./.credentials.json', loginText('one')],
    ['./a/b', 'x'.repeat(2000)],
    ['./link', { type: 'symlink', linkname: 'a/b' }],
    ['./d/', { type: 'directory' }],
    [`./${'n'.repeat(120)}`, 'x'],
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 4 }),
      fc.option(fc.nat(good.length - 1)),
      fc.integer({ min: 1, max: 5000 }),
      async (changes, cut, chunk) => {
        const archive = Buffer.from(good.subarray(0, Math.max(cut ?? good.length, 512)));
        for (const one of changes) apply(archive, one);
        await judge(archive, chunk);
      },
    ),
    { numRuns: runs, seed },
  );
  report('mutations of a good archive');
  for (const outcome of ['taken', 'capture.unsafe-archive', 'capture.truncated'])
    expect(outcomes.get(outcome), outcome).toBeGreaterThan(runs / 100);
});
