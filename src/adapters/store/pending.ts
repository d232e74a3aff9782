import { readJournal } from './journal.ts';
import type { StoreContext } from './store-context.ts';
import { existingAreas, isUnderWay, listWork, workAt } from './work-area.ts';

/** What an earlier process left half done on an auth directory, in one line. Looks only: a recovery sees to it. */
export const pendingWork = async (context: StoreContext, authDir: string): Promise<string | null> => {
  const areas = await existingAreas(context, authDir);
  if (!areas.ok) return null;
  for (const area of areas.value) {
    const journal = await readJournal(context.files, area);
    if (journal === 'unknown')
      return `a change of the login was cut short, and ${area.journal} can't be read`;
    if (journal !== null && !(await isUnderWay(context, workAt(area, journal.id)))) {
      return 'a change of the login was cut short while its files were being moved in';
    }
    for (const work of await listWork(context.files, area)) {
      if (journal?.id !== work.id && !(await isUnderWay(context, work))) {
        return `a capture was cut short before its files were moved in; what it left is in ${work.path}`;
      }
    }
  }
  return null;
};
