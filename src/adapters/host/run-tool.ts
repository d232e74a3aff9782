import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The path of a program on the PATH; null when there is none. Relative places of a PATH are passed over: they would be
 * looked up in whatever directory we were started in.
 */
export const findProgram = async (name: string, env: Env): Promise<string | null> => {
  for (const folder of (env.PATH ?? '').split(delimiter).filter(isAbsolute)) {
    const path = join(folder, name);
    if (await isProgram(path)) return path;
  }
  return null;
};

const isProgram = async (path: string): Promise<boolean> => {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
};

/** How a tool did within its time: it ended with 0, it failed, or it still runs. */
export type ToolOutcome = 'done' | 'failed' | 'running';

/** Runs a program without a shell, `input` on its standard input, for at most `timeoutMs`; it is not ended then. */
export const runTool = (
  path: string,
  args: readonly string[],
  { env, input, timeoutMs }: { readonly env: Env; readonly input: string; readonly timeoutMs: number },
): Promise<{ readonly outcome: ToolOutcome; readonly end: () => void }> =>
  new Promise((resolve) => {
    // Clipboard and browser tools leave a process behind that holds their output open, so nothing of it is read.
    const child = spawn(path, args, { env, stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has just ended.
      }
    };
    const settle = (outcome: ToolOutcome) => {
      clearTimeout(timer);
      resolve({ outcome, end });
    };
    const timer = setTimeout(() => settle('running'), timeoutMs);
    child.on('error', () => settle('failed'));
    child.on('exit', (code) => settle(code === 0 ? 'done' : 'failed'));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    child.unref();
  });
