import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src/process-io.ts', import.meta.url));

/** A program that prints a megabyte, a line through the stream, and a last line. */
const printing = (before = '') => `
  const { processIo } = await import(${JSON.stringify(source)});
  const io = processIo(process, () => { process.exitCode = 7; });
  ${before}
  io.print('x'.repeat(1_000_000) + '\\n');
  io.stdout.write('stream\\n');
  io.print('last\\n');
`;

const start = (before?: string) =>
  spawn(process.execPath, ['--input-type=module', '-e', printing(before)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });

it.each([
  ['whose end of the pipe waits', ''],
  ['whose end of the pipe does not wait', 'process.stdout._handle.setBlocking(false);'],
])('prints everything in its order to a reader %s', async (_what, before) => {
  const child = start(before);
  const closed = once(child, 'close');
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  const [status] = await closed;
  expect(status).toBe(0);
  expect(text.length).toBe(1_000_001 + 'stream\nlast\n'.length);
  expect(text.slice(-13)).toBe('\nstream\nlast\n');
});

it('tells that a reader has gone, and goes on', async () => {
  const child = start();
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  expect(status).toBe(7);
});
