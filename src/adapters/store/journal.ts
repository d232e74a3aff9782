import { join } from 'node:path';
import * as z from 'zod/mini';
import { contentLimit } from './facts.ts';
import { type FileSystem, unless } from './file-system.ts';
import { readFileBounded, removeTree, syncDirectory, writeNewFile } from './private-files.ts';
import type { Work, WorkArea } from './work-area.ts';

const hash = z.nullable(z.string());

const journalSchema = z.object({
  version: z.literal(1),
  /** The piece of work whose tree is being moved in. */
  id: z.string().check(z.regex(/^[0-9a-f-]{36}$/)),
  /** The snapshot of the state before; null when there was no login. */
  snapshot: z.nullable(z.string()),
  /** SHA-256 of `.credentials.json` as it was; null when there was none. */
  before: hash,
  /** SHA-256 of the files that are being moved in; null for one that is not among them. */
  after: z.object({ credentials: hash, state: hash }),
});

/** Says that a whole staged tree is being moved into an auth directory. While it is there, a recovery goes on with it. */
export type Journal = z.infer<typeof journalSchema>;

/** SHA-256 of a file, links followed; null when there is no regular file of a size that a login can have. */
export const hashOf = async (files: FileSystem, path: string): Promise<string | null> => {
  const read = await unless(readFileBounded(files, path, contentLimit), 'ENOENT', 'ENOTDIR', 'ELOOP');
  if (read?.kind !== 'content') return null;
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(read.content).digest('hex');
};

export const writeJournal = async (
  files: FileSystem,
  area: WorkArea,
  work: Work,
  journal: Journal,
): Promise<void> => {
  const draft = join(work.path, 'journal.json');
  await removeTree(files, draft);
  await writeNewFile(files, draft, [Buffer.from(`${JSON.stringify(journal)}\n`)]);
  await files.rename(draft, area.journal);
  await syncDirectory(files, area.path);
};

/** Null when there is none; `unknown` when it is none that this release can go by. */
export const readJournal = async (files: FileSystem, area: WorkArea): Promise<Journal | 'unknown' | null> => {
  const read = await unless(readFileBounded(files, area.journal, contentLimit), 'ENOENT');
  if (read === null) return null;
  if (read.kind !== 'content') return 'unknown';
  try {
    return z.parse(journalSchema, JSON.parse(Buffer.from(read.content).toString()));
  } catch {
    return 'unknown';
  }
};

export const removeJournal = async (files: FileSystem, area: WorkArea): Promise<void> => {
  await unless(files.unlink(area.journal), 'ENOENT');
  await syncDirectory(files, area.path);
};
