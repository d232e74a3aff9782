import { expect, it } from 'vitest';
import { openTerminal } from '../../../src/adapters/pty/terminal.ts';

it('opens a terminal with right widths, whatever stands in the pool that Buffers come from', async () => {
  const { poolSize } = Buffer;
  // A new pool, with nothing but zeros where it begins.
  for (let taken = 0; taken <= poolSize; taken += poolSize / 4) Buffer.allocUnsafe(poolSize / 4 - 8).fill(0);
  expect(Buffer.from('some text').buffer.byteLength).toBe(poolSize);
  const terminals = await Promise.all([1, 2].map(() => openTerminal({ columns: 20, rows: 2 })));
  expect(Buffer.poolSize).toBe(poolSize);
  for (const terminal of terminals) {
    await new Promise<void>((resolve) => terminal.write('a\u{1F469}\u200d\u{1F680}b\u6f22c', resolve));
    expect(terminal.buffer.active.cursorX).toBe(7);
    terminal.dispose();
  }
});
