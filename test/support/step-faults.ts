// Loaded into a process before its program (`node --import`): the program's changes of files below STEP_ROOT are numbered
// steps, and at step STEP_AT it is killed with -9 (STEP_FAULT=kill) or gets an error (STEP_FAULT=EIO and the like). A write
// has done half of its work by then. How many steps there were is written to STEP_COUNT at the end.
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const { STEP_ROOT = '', STEP_AT = '0', STEP_FAULT = '', STEP_COUNT = '' } = process.env;
const at = Number(STEP_AT);
let count = 0;

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;

/** Descriptors and handles of files that are written below the root. */
const ours = new Set<unknown>();
const isBelow = (path: unknown): boolean => typeof path === 'string' && path.startsWith(STEP_ROOT);
const isOurs = (target: unknown): boolean => isBelow(target) || ours.has(target);
const writes = (flags: unknown): boolean =>
  typeof flags === 'string' ? /[wa+]/.test(flags) : typeof flags === 'number' && (flags & 3) !== 0;

const halfOf = (data: unknown): unknown => {
  if (typeof data === 'string') return data.slice(0, data.length / 2);
  return data instanceof Uint8Array ? data.subarray(0, data.length / 2) : data;
};

/** Counts a step. Throws, or ends the process, when it is the one. `half` does half of it first. */
const step = (half: () => void): void => {
  count += 1;
  if (count !== at) return;
  half();
  if (STEP_FAULT === 'kill') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(`${STEP_FAULT}: made up`), { code: STEP_FAULT });
};

const nothing = () => {};
const changing = ['chmod', 'link', 'mkdir', 'rename', 'rm', 'rmdir', 'symlink', 'unlink', 'utimes', 'chown'];
const raw = { writeFileSync: fs.writeFileSync, writeSync: fs.writeSync };

const sync = fs as unknown as Calls;
for (const name of changing) {
  const call = sync[`${name}Sync`];
  if (call === undefined) continue;
  sync[`${name}Sync`] = (...args) => {
    if (isOurs(args[0]) || isBelow(args[1])) step(nothing);
    return call(...args);
  };
}
const openSync = sync.openSync as Call;
sync.openSync = (path, flags, ...rest) => {
  const counts = isBelow(path) && writes(flags);
  if (counts) step(nothing);
  const descriptor = openSync(path, flags, ...rest);
  if (counts) ours.add(descriptor);
  return descriptor;
};
for (const name of ['writeSync', 'fsyncSync', 'ftruncateSync', 'fchmodSync', 'writeFileSync']) {
  const call = sync[name] as Call;
  sync[name] = (target, data, ...rest) => {
    if (isOurs(target))
      step(() => {
        if (name === 'writeSync') raw.writeSync(target as number, halfOf(data) as string);
        if (name === 'writeFileSync')
          raw.writeFileSync(target as string, halfOf(data) as string, rest[0] as fs.WriteFileOptions);
      });
    return call(target, data, ...rest);
  };
}

const async = promises as unknown as Calls;
for (const name of [...changing, 'writeFile']) {
  const call = async[name];
  if (call === undefined) continue;
  async[name] = async (...args) => {
    if (isOurs(args[0]) || isBelow(args[1]))
      step(() => {
        if (name === 'writeFile' && typeof args[0] === 'string')
          raw.writeFileSync(args[0], halfOf(args[1]) as string, args[2] as fs.WriteFileOptions);
      });
    return call(...args);
  };
}
const open = async.open as Call;
async.open = async (path, flags, ...rest) => {
  const counts = isBelow(path) && writes(flags);
  if (counts) step(nothing);
  const handle = (await open(path, flags, ...rest)) as Calls & { readonly fd: number };
  if (!counts) return handle;
  for (const name of ['writeFile', 'write', 'sync', 'chmod', 'utimes', 'truncate']) {
    const call = (handle[name] as Call).bind(handle);
    handle[name] = async (...args) => {
      step(() => {
        if (name.startsWith('write')) raw.writeSync(handle.fd, halfOf(args[0]) as string);
      });
      return call(...args);
    };
  }
  return handle;
};
syncBuiltinESMExports();

if (STEP_COUNT !== '') process.on('exit', () => raw.writeFileSync(STEP_COUNT, String(count)));
