import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { makeLoginGround } from '../../support/login-changes.ts';
import { soak, soakLimitMs, stride } from '../../support/soak.ts';

const script = fileURLToPath(new URL('killed-capture.ts', import.meta.url));

/** Runs a capture in a process of its own that kills itself at `step`. Its signal, or null when it came to its end. */
const captureAndDie = async (authDir: string, archive: string, step: number) => {
  const child = spawn(process.execPath, [script, authDir, archive, String(step)], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [code, signal] = await once(child, 'exit');
  if (signal === null) expect(code).toBe(0);
  return signal;
};

it(`a process killed with -9 at ${soak ? 'every' : 'every 41st'} step of a capture loses nothing, while a reader looks on`, {
  timeout: soakLimitMs,
}, async () => {
  const ground = await makeLoginGround();
  onTestFinished(() => ground.remove());
  const [change] = ground.changes;
  if (change === undefined) throw new Error('no such change');
  const archive = join(ground.place, '..', 'two.tar');
  writeFileSync(archive, ground.archive('two'));
  let looks = 0;
  let kills = 0;
  for (let step = 1; ; step += stride(41)) {
    await change.prepare();
    const inode = ground.inode();
    const death = captureAndDie(ground.authDir, archive, step);
    let over = false;
    const end = death.finally(() => {
      over = true;
    });
    while (!over) {
      ground.expectWholeLogin(change);
      looks += 1;
      await setImmediate();
    }
    const signal = await end;
    await ground.expectRecovery(change, ground.store(), inode);
    if (signal === null) break;
    expect(signal).toBe('SIGKILL');
    kills += 1;
  }
  console.log(`captures: ${kills} processes killed with -9, ${looks} looks of a reader, 0 losses`);
  expect(kills).toBeGreaterThan(4);
});
