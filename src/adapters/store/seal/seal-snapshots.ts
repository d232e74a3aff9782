import { join } from 'node:path';
import { ok, type Result } from '../../../domain/failure.ts';
import { sealedName } from '../../../domain/seal.ts';
import { begin, findSnapshots } from '../auth-store.ts';
import { syncDirectory } from '../private-files.ts';
import { endWork } from '../work-area.ts';
import type { SealKey } from './age-file.ts';
import { type Look, lookInto, type SealContext, sealedFile } from './look.ts';
import { removeAllBut } from './recover-switch.ts';
import { type Source, sealInto } from './sealed-archive.ts';

/** Does something with every snapshot, sealed (with the look into it) or not. How many could not be opened. */
export const eachSnapshot = async (
  context: SealContext,
  authDir: string,
  work: (path: string, look: Look | null) => Result<unknown> | Promise<Result<unknown>>,
): Promise<Result<number>> => {
  const found = await findSnapshots(context, authDir);
  if (!found.ok) return found;
  let left = 0;
  for (const { path } of found.value) {
    const stats = await sealedFile(context, path);
    const look = stats === null ? null : await lookInto(context, path, stats, false);
    if (look !== null && !look.ok) {
      left += 1;
      continue;
    }
    const done = await work(path, look?.value ?? null);
    if (!done.ok) return done;
  }
  return ok(left);
};

/** Puts a sealed file in the place of a snapshot's content, in one rename; what lies in plain beside it then does not count. */
export const replaceSnapshot = async (
  context: SealContext,
  authDir: string,
  path: string,
  key: SealKey,
  source: Source,
): Promise<Result<void>> => {
  const { files } = context;
  const opened = await begin(context, authDir);
  if (!opened.ok) return opened;
  const { area, work } = opened.value;
  try {
    const draft = join(work.path, sealedName);
    const sealed = await sealInto(files, draft, key, [source]);
    if (!sealed.ok) return sealed;
    await files.rename(draft, join(path, sealedName));
    await syncDirectory(files, path);
    await removeAllBut(files, path, sealedName);
    return ok(undefined);
  } finally {
    await endWork(context, area, work).catch(() => {});
  }
};
