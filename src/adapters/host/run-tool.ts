import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The path of a program on the PATH; null when there is none. */
export const findProgram = async (name: string, env: Env): Promise<string | null> => {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
};

/** Runs a program without a shell, `input` on its standard input. True when it ended with 0 within the limit. */
export const runTool = (
  path: string,
  args: readonly string[],
  { env, input, timeoutMs }: { readonly env: Env; readonly input: string; readonly timeoutMs: number },
): Promise<boolean> =>
  new Promise((resolve) => {
    // Clipboard and browser tools leave a process behind that holds their output open, so nothing of it is read.
    const child = spawn(path, args, { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(false);
    }, timeoutMs);
    const settle = (worked: boolean) => {
      clearTimeout(timer);
      resolve(worked);
    };
    child.on('error', () => settle(false));
    child.on('exit', (code) => settle(code === 0));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.unref();
  });
