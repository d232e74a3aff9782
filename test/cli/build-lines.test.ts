import { expect, it } from 'vitest';
import { createBuildLines } from '../../src/cli/build-lines.ts';
import type { Io } from '../../src/cli/io.ts';

const setup = (isTTY: boolean) => {
  let written = '';
  let now = 0;
  const stderr = {
    isTTY,
    write: (text: string) => {
      written += text;
    },
  };
  const clock = { now: () => now };
  const host = { env: { WT_SESSION: 'x', TERM: 'xterm' } };
  const lines = createBuildLines({ stderr } as unknown as Io, { clock, host } as never);
  return {
    lines,
    written: () => written,
    wait: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

it('says what goes on and for how long, a download every few seconds', () => {
  const { lines, written, wait } = setup(false);
  const pull = (bytes: number) =>
    lines.show({ type: 'pull', phase: 'pulling', bytes, totalBytes: 100_000_000 });
  for (let second = 1; second <= 11; second += 1) {
    wait(1000);
    pull(second * 1_000_000);
  }
  lines.show({ type: 'step', step: 2, steps: 4, text: 'RUN true' });
  lines.show({ type: 'line', text: 'sk-ant-oat01-TESTTESTTESTTEST' });
  lines.end();
  expect(written().split('\n')).toEqual([
    '  Base image: downloading 5.0 MB of 100.0 MB, after 0:05',
    '  Base image: downloading 10.0 MB of 100.0 MB, after 0:10',
    'Step 2/4, after 0:11: RUN true',
    expect.not.stringContaining('TESTTEST'),
    '',
  ]);
});

it('tells the terminal, and takes it back', () => {
  const { lines, written } = setup(true);
  lines.show({ type: 'step', step: 2, steps: 4, text: 'RUN true' });
  lines.end();
  expect(written()).toBe('\x1b]9;4;3;0\x07\x1b]9;4;1;25\x07Step 2/4, after 0:00: RUN true\n\x1b]9;4;0;0\x07');
});
