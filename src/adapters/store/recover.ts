import { dirname, join } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { ok, type Result } from '../../domain/failure.ts';
import type { Recovery } from '../../ports/auth-store.ts';
import { guardDirectory } from './directory-guard.ts';
import { diskFailure } from './disk-failure.ts';
import { unless } from './file-system.ts';
import { hashOf, type Journal, readJournal, removeJournal } from './journal.ts';
import { moveIn } from './move-in.ts';
import { removeTree, syncDirectory } from './private-files.ts';
import { keepAsSnapshot, pruneSnapshots } from './snapshots.ts';
import type { StoreContext } from './store-context.ts';
import { copyEntry, listTree, moveInto, removeParts } from './tree.ts';
import {
  endWork,
  existingAreas,
  isUnderWay,
  listWork,
  tidyArea,
  type Work,
  type WorkArea,
  workAt,
} from './work-area.ts';

/**
 * Finishes or undoes what an earlier process left on an auth directory. It may itself be cut short anywhere and be done
 * again. What another process is at work on is left alone; the caller holds the profile's lock.
 */
export const recoverDirectory = async (
  context: StoreContext,
  authDir: string,
): Promise<Result<Recovery | null>> => {
  try {
    const areas = await existingAreas(context, authDir);
    if (!areas.ok) return areas;
    if (areas.value.length === 0) return ok(null);
    const guarded = await guardDirectory(context, authDir);
    if (!guarded.ok) return guarded;
    let recovery: Recovery | null = null;
    for (const area of areas.value) recovery = (await recoverArea(context, authDir, area)) ?? recovery;
    return ok(recovery);
  } catch (error) {
    return diskFailure('What an earlier run had left half done could not be cleared up', error);
  }
};

const recoverArea = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
): Promise<Recovery | null> => {
  const { files } = context;
  const journal = await readJournal(files, area);
  let recovery: Recovery | null = null;
  if (journal === 'unknown') {
    await files.rename(area.journal, join(area.path, `journal.json.unknown-${context.now()}`));
    recovery = {
      outcome: 'undone',
      summary: `A change of the login was cut short, and its journal can't be read; it is kept in ${shownPath(area.path)}`,
    };
  } else if (journal !== null) {
    const work = workAt(area, journal.id);
    if (await isUnderWay(context, work)) return null;
    recovery = await recoverJournal(context, authDir, area, work, journal);
    await pruneSnapshots(files, area);
  }
  for (const work of await listWork(files, area)) {
    if (await isUnderWay(context, work)) continue;
    await removeParts(files, authDir, (await listTree(files, work.tree)).files, work.id);
    await endWork(context, area, work);
    recovery ??= {
      outcome: 'undone',
      summary: 'What an interrupted run had left was removed; the login is as it was',
    };
  }
  await tidyArea(files, area);
  return recovery;
};

/** Goes on with a journalled change, unless someone else has changed the login meanwhile: theirs is the newer one. */
const recoverJournal = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
  work: Work,
  journal: Journal,
): Promise<Recovery> => {
  const { files } = context;
  const tree = await unless(files.lstat(work.tree), 'ENOENT');
  const staged = await unless(files.lstat(join(work.tree, '.credentials.json')), 'ENOENT');
  const current = await hashOf(files, join(authDir, '.credentials.json'));
  const { credentials } = journal.after;
  const ours =
    credentials === null || staged === null || current === journal.before || current === credentials;
  if (tree !== null && ours) {
    await moveIn(files, authDir, work);
    await removeJournal(files, area);
    await endWork(context, area, work);
    return { outcome: 'finished', summary: 'A change of the login that was cut short has been finished' };
  }
  if (tree !== null) await putAway(context, authDir, area, work, journal);
  await removeJournal(files, area);
  await endWork(context, area, work);
  return {
    outcome: 'undone',
    summary:
      'A change of the login was cut short and another program has changed the login since: the newer one was kept, and the one that was to come is the newest snapshot',
  };
};

/** Keeps what was to be moved in as a snapshot, and gives the state file that belongs to the directory's login back. */
const putAway = async (
  context: StoreContext,
  authDir: string,
  area: WorkArea,
  work: Work,
  { snapshot, after }: Journal,
): Promise<void> => {
  const { files } = context;
  const state = join(authDir, '.claude.json');
  const stagedState = join(work.tree, '.claude.json');
  const stateBefore = snapshot === null ? null : join(area.snapshots, snapshot, '.claude.json');
  await removeParts(files, authDir, (await listTree(files, work.tree)).files, work.id);
  if (stateBefore !== null && after.state !== null && (await hashOf(files, state)) === after.state) {
    if ((await unless(files.lstat(stagedState), 'ENOENT')) === null)
      await copyWhole(context, work, state, stagedState);
    const draft = join(work.path, 'state');
    await removeTree(files, draft);
    if (await copyEntry(files, stateBefore, draft)) {
      await moveInto(files, draft, state, work.id);
      await syncDirectory(files, authDir);
    }
  }
  await keepAsSnapshot(context, work.tree, area);
};

const copyWhole = async ({ files }: StoreContext, work: Work, from: string, to: string): Promise<void> => {
  const draft = join(work.path, 'copy');
  await removeTree(files, draft);
  if (await copyEntry(files, from, draft)) await files.rename(draft, to);
  await syncDirectory(files, dirname(to));
};
