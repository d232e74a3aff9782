import { spawn } from 'node:child_process';
import { fail, interrupted, ok, type Result } from '../../domain/failure.ts';
import { redact } from '../../domain/redact.ts';
import type { Hooks } from '../../ports/hooks.ts';

/** Variables of the CLI that hold a token. */
const secretNames = /^(?:ANTHROPIC_.*(?:KEY|TOKEN).*|CLAUDE_CODE_OAUTH_TOKEN)$/;

/** Only the end of what a hook says matters. */
const keptBytes = 4096;

export const createHooks = ({
  env,
}: {
  readonly env: Readonly<Record<string, string | undefined>>;
}): Hooks => ({
  run: (command, variables, { timeoutMs, signal }) =>
    new Promise((resolve) => {
      const what = 'The command of --on-change failed';
      if (signal.aborted) return resolve(interrupted(what));
      const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !secretNames.test(name)));
      // A group of its own, so that what it started can be ended with it.
      const child = spawn('/bin/sh', ['-c', command], {
        env: { ...clean, ...variables },
        stdio: ['ignore', 'ignore', 'pipe'],
        detached: true,
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said = (said + String(chunk)).slice(-keptBytes);
      });
      const end = () => {
        try {
          if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has just ended.
        }
      };
      const settle = (result: Result<void>) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        child.stderr.destroy();
        resolve(result);
      };
      const giveUp = (result: Result<void>) => {
        end();
        settle(result);
      };
      const stop = () => giveUp(interrupted(what));
      const timer = setTimeout(
        () =>
          giveUp(
            fail(
              'hook.failed',
              what,
              `it did not end within ${timeoutMs / 1000} s`,
              'have it do less, or work in the background',
            ),
          ),
        timeoutMs,
      );
      signal.addEventListener('abort', stop);
      child.on('error', (error) =>
        settle(fail('hook.failed', what, redact(error.message), 'see that /bin/sh is there')),
      );
      // Not `close`: a process that it left in the background may hold its output open.
      child.on('exit', (code, by) => {
        if (code === 0) return settle(ok(undefined));
        const line = redact(said).trim().split('\n').at(-1) ?? '';
        const why = `it ended with ${by ?? `status ${code}`}${line === '' ? '' : ` and said: ${line.replaceAll(/\p{C}/gu, ' ').slice(0, 200)}`}`;
        settle(fail('hook.failed', what, why, 'run it by hand; it is tried again at the next look'));
      });
    }),
});
