import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';

/** A process, named so that another one that got the same pid later is not taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own words; null where it could not be learnt. */
  readonly started: string | null;
  /** The machine, and on Linux the pid namespace, that the pid means something in. */
  readonly place: string;
}

/**
 * The state and the start of a process. Linux counts its start in ticks since boot (field 22 of `/proc/PID/stat`, see
 * proc_pid_stat(5)), so the boot's id goes with it; elsewhere `ps` names the second.
 */
const startOf = async (
  pid: number,
): Promise<{ readonly started: string | null; readonly ended: boolean }> => {
  if (process.platform === 'linux') {
    const [line, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    // The command stands in parentheses and may itself hold spaces and parentheses.
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[19];
    return {
      started: ticks === undefined ? null : `${boot.trim()}:${ticks}`,
      ended: fields[0] === 'Z' || fields[0] === 'X',
    };
  }
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)], {
    env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
  }).catch(() => ({ stdout: '' }));
  return { started: stdout.trim() || null, ended: false };
};

const currentPlace = async (): Promise<string> => {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => null);
  return namespace === null ? hostname() : `${hostname()} ${namespace}`;
};

/** The process that has this pid now. */
export const identityOf = async (pid: number): Promise<ProcessIdentity> => {
  const [{ started }, place] = await Promise.all([startOf(pid), currentPlace()]);
  return { pid, started, place };
};

export const ownIdentity = (): Promise<ProcessIdentity> => identityOf(process.pid);

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/**
 * Whether a process has ended for certain. A killed one that its parent has not yet waited for counts as ended; one in
 * another place can't be looked at, so it never does.
 */
export const hasEnded = async (identity: ProcessIdentity): Promise<boolean> => {
  if (identity.place !== (await currentPlace())) return false;
  if (!exists(identity.pid)) return true;
  const { started, ended } = await startOf(identity.pid);
  return ended || (started !== null && identity.started !== null && started !== identity.started);
};
