import { isAbsolute, normalize, resolve } from 'node:path/posix';
import { fail, ok, type Result } from './failure.ts';

/** A host directory or file that a job sees. */
export interface JobMount {
  /** Absolute, on the engine's host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Where a container of ours has what it was lent: a folder of its own, so that nothing of the image is hidden. */
export const leaseRoot = '/run/claude-setup';
export const leaseConfigDir = `${leaseRoot}/config`;

const notRun = 'Nothing was run';

/** Reads `SRC:DST[:ro]`; a relative source is below `cwd`. */
export const parseMount = (text: string, cwd: string): Result<JobMount> => {
  const [, source, target, mode] = /^(.+?):([^:]+)(?::([^:]+))?$/.exec(text) ?? [];
  if (source === undefined || target === undefined || !['ro', 'rw', undefined].includes(mode))
    return fail(
      'usage',
      notRun,
      `--mount ${text} is not SRC:DST or SRC:DST:ro`,
      'such as --mount .:/workspace',
    );
  if (!isAbsolute(target))
    return fail(
      'usage',
      notRun,
      `${target} is no absolute path of the container`,
      'such as --mount .:/workspace',
    );
  const inside = normalize(target).replace(/(?<=.)\/$/, '');
  if (
    inside === '/' ||
    leaseRoot === inside ||
    inside.startsWith(`${leaseRoot}/`) ||
    leaseRoot.startsWith(`${inside}/`)
  )
    return fail(
      'usage',
      notRun,
      `${inside} can't be mounted over`,
      'mount it at another place, such as /workspace',
    );
  return ok({ source: resolve(cwd, source), target: inside, readOnly: mode === 'ro' });
};

/** Names that we set ourselves. */
const ours: ReadonlySet<string> = new Set(['CLAUDE_CONFIG_DIR']);

/** Reads `NAME=VALUE`, or `NAME` for the value that it has here. */
export const parseVariable = (
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Result<string> => {
  const at = text.indexOf('=');
  const name = at < 0 ? text : text.slice(0, at);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    return fail('usage', notRun, 'one of --env has no name of a variable', 'give NAME=VALUE, or NAME alone');
  if (ours.has(name))
    return fail('usage', notRun, `${name} says where the lease is`, `leave --env ${name} out`);
  if (at >= 0) return ok(text);
  const value = env[name];
  return value === undefined
    ? fail('usage', notRun, `${name} is not set here`, `set it, or give --env ${name}=VALUE`)
    : ok(`${name}=${value}`);
};

/** Checks `UID[:GID]`, numbers or names. */
export const parseUser = (text: string): Result<string> =>
  /^[A-Za-z0-9_][\w.-]*(?::[A-Za-z0-9_][\w.-]*)?$/.test(text)
    ? ok(text)
    : fail('usage', notRun, '--user is neither UID nor UID:GID', 'such as --user 1000:1000');

/** What became of the jobs of killed processes. */
export const leftJobs = (count: number): string =>
  `Removed ${count} ${count === 1 ? 'command' : 'commands'} that a killed claude-setup had left`;
