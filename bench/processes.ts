import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn as spawnOnTerminal } from 'node-pty';

export type Env = Readonly<Record<string, string>>;

/** Milliseconds from the start of a program to its end, its output read. Killed after `timeout` milliseconds, where one is given. */
export const wholeProcess = async (
  [command = '', ...args]: readonly string[],
  env: Env,
  timeout?: number,
): Promise<number> => {
  const start = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'], timeout });
  child.stdout.resume();
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  return performance.now() - start;
};

/** A program on a terminal of 80x24. */
export interface OnTerminal {
  readonly pid: number;
  type(bytes: string): void;
  /** Resolves with the time at which its output since the last wait has held the text. */
  waitFor(text: string, timeoutMs?: number): Promise<number>;
  /** Everything since the last wait. */
  seen(): string;
  /** Bytes it has written. */
  bytes(): number;
  readonly ended: Promise<void>;
  end(): Promise<void>;
}

export const onTerminal = ([command = '', ...args]: readonly string[], env: Env): OnTerminal => {
  const terminal = spawnOnTerminal(command, [...args], {
    name: 'xterm-256color',
    cols: 80,
    rows: 24,
    env: { ...env, TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  });
  let text = '';
  let bytes = 0;
  let look = () => {};
  terminal.onData((data) => {
    // Only the end can hold what is waited for; 100 MB of output are not kept.
    text = `${text}${data}`.slice(-64 * 1024);
    bytes += data.length;
    look();
  });
  const ended = new Promise<void>((resolve) => {
    terminal.onExit(() => resolve());
  });
  return {
    pid: terminal.pid,
    type: (typed) => terminal.write(typed),
    seen: () => text,
    bytes: () => bytes,
    ended,
    waitFor: (wanted, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`"${wanted}" did not come; the last that came:\n${text.slice(-2000)}`)),
          timeoutMs,
        );
        look = () => {
          if (!text.includes(wanted)) return;
          clearTimeout(timer);
          look = () => {};
          text = '';
          resolve(performance.now());
        };
        look();
      }),
    end: async () => {
      terminal.kill('SIGKILL');
      await ended;
    },
  };
};

/** Milliseconds until a program on a terminal shows the text; the program is ended then. */
export const firstFrame = async (command: readonly string[], env: Env, text: string): Promise<number> => {
  const start = performance.now();
  const program = onTerminal(command, env);
  try {
    return (await program.waitFor(text)) - start;
  } finally {
    await program.end();
  }
};

/** Starts a program and leaves it with Ctrl+C, so that what it has compiled is kept for later starts, as it is for people. */
export const startedBefore = async (command: readonly string[], env: Env, text: string): Promise<void> => {
  const program = onTerminal(command, env);
  await program.waitFor(text);
  program.type('\x03');
  await Promise.race([program.ended, sleep(10_000, undefined, { ref: false })]);
  await program.end();
};

const field = async (pid: number, name: string): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
};

/** Resident memory in MB. */
export const residentMemory = (pid: number): Promise<number> => field(pid, 'VmRSS');

/** The most it ever was, in MB. */
export const peakMemory = (pid: number): Promise<number> => field(pid, 'VmHWM');

/** Milliseconds of processor time so far, in ticks of 10 ms (source: proc_pid_stat(5)). */
export const processorTime = async (pid: number): Promise<number> => {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** The same of the children of this process that have ended. */
export const childrenTime = async (): Promise<number> => {
  const line = await readFile('/proc/self/stat', 'utf8');
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
};
