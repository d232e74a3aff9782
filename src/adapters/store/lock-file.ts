import { link, mkdir, open, readdir, readFile, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { errorCode, unless } from './file-system.ts';
import { hasEnded, ownIdentity } from './process-identity.ts';

const holderSchema = z.object({
  /** Another one for each time a lock is taken. */
  token: z.string(),
  pid: z.number(),
  started: z.nullable(z.string()),
  place: z.string(),
  command: z.string(),
  /** Milliseconds since the epoch. */
  takenAt: z.number(),
});

/** Who holds a lock. */
export type Holder = z.infer<typeof holderSchema>;

/** The outcome of one try: the lock, or who has it. `holder` is null when the lock's file can't be understood. */
export type Taken =
  | { readonly taken: true; release(): Promise<void> }
  | { readonly taken: false; readonly holder: Holder | null };

/** Crashed takeovers that may lie one behind the other before a person is asked. */
const deepest = 8;

/** A draft that names nobody after so long was cut off while it was written. */
const cutOffMs = 60_000;

/**
 * Tries once to take the lock that a file stands for.
 *
 * The file is made complete under a name of its own and then linked into place, so it is never seen half written. One
 * whose holder has ended is replaced by rename, and only by who holds the lock on that replacement (`FILE.takeover`,
 * the same kind of lock), so two that find the same stale lock can't both get it, nor remove each other's.
 */
export const takeLockFile = async (path: string, command: string, now: number): Promise<Taken> => {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const me: Holder = { token: crypto.randomUUID(), ...(await ownIdentity()), command, takenAt: now };
  const taken = await take(path, me, 0);
  if (taken.taken) await quietly(sweep(path));
  return taken;
};

/**
 * Clearing up that the disk refuses is no failure: what stays names a holder, and is taken over or swept once that has
 * ended. To fail here would keep the lock of a process that thinks it has none.
 */
const quietly = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (errorCode(error) === null) throw error;
  }
};

/** Removes what takers that were killed had not yet linked into place. */
const sweep = async (path: string): Promise<void> => {
  for (const name of await readdir(dirname(path))) {
    const draft = join(dirname(path), name);
    if (!draft.startsWith(path) || !/^(?:\.takeover)*\.[0-9a-f-]{36}$/.test(draft.slice(path.length)))
      continue;
    const holder = await readHolder(draft);
    if (holder === 'gone') continue;
    // One that names nobody may be being written right now, which takes no time at all.
    const isLeft =
      holder === null ? Date.now() - (await stat(draft)).mtimeMs > cutOffMs : await hasEnded(holder);
    if (isLeft) await rm(draft, { force: true });
  }
};

const take = async (path: string, me: Holder, depth: number): Promise<Taken> => {
  const before = await standing(path);
  if (before.kind === 'held') return { taken: false, holder: before.holder };
  const own = `${path}.${me.token}`;
  try {
    await writeHolder(own, me);
    for (;;) {
      if (
        (await unless(
          link(own, path).then(() => true),
          'EEXIST',
        )) !== null
      )
        return held(path, me);
      const found = await standing(path);
      if (found.kind === 'free') continue;
      if (found.kind === 'held' || depth === deepest) return { taken: false, holder: found.holder };
      const takeover = await take(`${path}.takeover`, { ...me, token: crypto.randomUUID() }, depth + 1);
      if (!takeover.taken) return { taken: false, holder: takeover.holder ?? found.holder };
      try {
        const now = await readHolder(path);
        if (now === 'gone' || now?.token !== found.holder.token) continue;
        await rename(own, path);
        return held(path, me);
      } finally {
        await takeover.release();
      }
    }
  } finally {
    await quietly(rm(own, { force: true }));
  }
};

type Standing =
  | { readonly kind: 'free' }
  | { readonly kind: 'stale'; readonly holder: Holder }
  | { readonly kind: 'held'; readonly holder: Holder | null };

const standing = async (path: string): Promise<Standing> => {
  const holder = await readHolder(path);
  if (holder === 'gone') return { kind: 'free' };
  if (holder !== null && (await hasEnded(holder))) return { kind: 'stale', holder };
  return { kind: 'held', holder };
};

const held = (path: string, me: Holder): Taken => ({
  taken: true,
  release: () => quietly(removeOwn(path, me)),
});

const removeOwn = async (path: string, me: Holder): Promise<void> => {
  const found = await readHolder(path);
  // Someone removed it by hand and another process has it now: then it is theirs.
  if (found !== 'gone' && found?.token === me.token) await unlink(path);
};

const writeHolder = async (path: string, holder: Holder): Promise<void> => {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(`${JSON.stringify(holder)}\n`);
  } finally {
    await handle.close();
  }
};

const readHolder = async (path: string): Promise<Holder | 'gone' | null> => {
  try {
    return z.parse(holderSchema, JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'gone';
    if (errorCode(error) !== null) throw error;
    return null;
  }
};
