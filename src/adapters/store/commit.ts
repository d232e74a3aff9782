import { join } from 'node:path';
import { shownName, shownPath } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Snapshot } from '../../ports/auth-store.ts';
import { guardDirectory } from './directory-guard.ts';
import { diskFailure } from './disk-failure.ts';
import { errorCode } from './file-system.ts';
import { hashOf, readJournal, removeJournal, writeJournal } from './journal.ts';
import { findObstacle, moveIn } from './move-in.ts';
import { makeDirectories } from './private-files.ts';
import { pruneSnapshots, takeSnapshot } from './snapshots.ts';
import type { StoreContext } from './store-context.ts';
import { listTree } from './tree.ts';
import { endWork, type Work, type WorkArea } from './work-area.ts';

/**
 * Makes a work's tree the state of an auth directory. Until the journal stands nothing of the directory is changed, and
 * a failure ends the work; from then on a recovery finishes it. Files that only the old state has stay.
 */
export const commitWork = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
  work: Work,
): Promise<Result<{ readonly snapshot: Snapshot | null }>> => {
  const committed = await commitOnce(context, authDir, area, work);
  if (!committed.ok) await endUnlessJournalled(context, area, work);
  context.underWay.delete(work.id);
  return committed;
};

const endUnlessJournalled = async (context: StoreContext, area: WorkArea, work: Work): Promise<void> => {
  try {
    if ((await readJournal(context.files, area)) === null) await endWork(context, area, work);
  } catch (error) {
    // The failure that led here is the one to tell; a recovery clears up what stays.
    if (errorCode(error) === null) throw error;
  }
};

const commitOnce = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
  work: Work,
): Promise<Result<{ readonly snapshot: Snapshot | null }>> => {
  const { files } = context;
  const guarded = await guardDirectory(context, authDir);
  if (!guarded.ok) return guarded;
  try {
    await makeDirectories(files, authDir);
    const obstacle = await findObstacle(files, authDir, await listTree(files, work.tree));
    if (obstacle !== null) return inTheWay(authDir, obstacle);
    const before = await hashOf(files, join(authDir, '.credentials.json'));
    const snapshot = before === null ? null : await takeSnapshot(context, authDir, area, work);
    await writeJournal(files, area, work, {
      version: 1,
      id: work.id,
      snapshot: snapshot?.id ?? null,
      before,
      after: {
        credentials: await hashOf(files, join(work.tree, '.credentials.json')),
        state: await hashOf(files, join(work.tree, '.claude.json')),
      },
    });
    await moveIn(files, authDir, work);
    await removeJournal(files, area);
    await endWork(context, area, work);
    await pruneSnapshots(files, area);
    return ok({ snapshot });
  } catch (error) {
    return diskFailure('The login could not be put in place', error);
  }
};

const inTheWay = (authDir: string, path: string): Result<never> =>
  fail(
    'directory.occupied',
    'The login could not be put in place',
    `"${shownName(path)}" in ${shownPath(authDir)} is a link, or a directory where a file belongs or the other way round`,
    'move it away, then capture again; the session is kept',
  );
