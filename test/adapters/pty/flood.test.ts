import { randomFillSync } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import { hostileText } from '../../support/hostile-text.ts';
import { reportTrials, soak } from '../../support/soak.ts';

/** Megabytes of it; a gigabyte in a soak. */
const megabytes = Number(process.env.CLAUDE_SETUP_TEST_GARBAGE_MB ?? (soak ? 1024 : 8));

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const size = 256 * 1024;

/** What a session can flood with, a piece of each in turn. */
const floods: readonly ((count: number) => Buffer)[] = [
  () => randomFillSync(Buffer.allocUnsafe(size)),
  (count) => Buffer.from(`line ${count} of many 日本 é\r\n`.repeat(size / 32)),
  (count) =>
    Buffer.from(`\x1b[${count % 90};3H\x1b[3${count % 8}mx\x1b[K\x1b[2J\x1b[10L\x1b[6n`.repeat(size / 40)),
  (count) => Buffer.from(`\x1b]0;${'t'.repeat(count % 200_000)}`),
  (count) =>
    Buffer.from(`\x1b]8;id=${count};https://evil${count}.example/sign-in\x07x\x1b]8;;\x07`.repeat(size / 64)),
  () => Buffer.from(hostileText.repeat(Math.ceil(size / 600))),
  () => Buffer.alloc(size, 'x'),
  () => Buffer.from('a\u0301\u200d👩'.repeat(size / 12)),
];

it(`${megabytes} MB of garbage stay bounded, in memory, answers and clipboard, and the session goes on`, {
  timeout: 3_600_000,
}, async () => {
  const screen = await createEmulator().open({ columns: 100, rows: 30 });
  let answered = 0;
  let asked = 0;
  let pictures = 0;
  screen.onReply(({ length }) => {
    answered += length;
  });
  screen.onClipboard(() => {
    asked += 1;
  });
  screen.onChange(() => {
    pictures += 1;
    screen.rows();
  });
  const curve: number[] = [];
  const start = performance.now();
  const cpuStart = process.cpuUsage();
  let written = 0;
  let counted = 0;
  let next = 0;
  while (written < megabytes * 2 ** 20) {
    const flood = floods[counted % floods.length]?.(counted) ?? Buffer.alloc(0);
    counted += 1;
    await screen.write(flood);
    written += flood.length;
    if (written >= next) {
      collect();
      curve.push(Math.round(process.memoryUsage.rss() / 2 ** 20));
      next += (megabytes / 8) * 2 ** 20;
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const cpu = process.cpuUsage(cpuStart);
  await screen.write(Buffer.from('\x18\x1b\\\x1bc\x1b[2J\x1b[Hstill here'));
  const texts = screen.rows().map(({ runs }) => runs.map(({ text }) => text).join(''));
  expect(texts.join('\n')).toContain('still here');
  expect(texts.join('')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  // Since the first eighth it may be a few rows of long cells more, and no more.
  expect(Math.max(...curve.slice(1)) - (curve[1] ?? 0)).toBeLessThan(100);
  expect(answered).toBeLessThan(written / 20);
  screen.dispose();
  reportTrials(
    `garbage of a session: ${megabytes} MB in ${seconds.toFixed(0)} s (${((cpu.user + cpu.system) / 1e6).toFixed(0)} s of a processor), resident MiB ${curve.join(', ')}; ${pictures} pictures, ${answered} bytes of answers, ${asked} times asked to copy`,
  );
});
