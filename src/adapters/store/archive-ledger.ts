import { clashKey, shownName } from '../../domain/capture-rules.ts';

export type EntryType = 'file' | 'directory' | 'symlink';

/** What adding an entry came to: the directories above it that are to be made first, outermost first, or a problem. */
export type Entered =
  | { readonly ok: true; readonly newDirectories: readonly string[] }
  /** The end of a sentence that begins with the entry's name. */
  | { readonly ok: false; readonly problem: string };

interface Entry {
  readonly path: string;
  readonly type: EntryType;
  /** Whether the archive has an entry for it; a directory can also be there because something lies in it. */
  readonly named: boolean;
}

/** Every path that an archive has brought, so that no entry can take or go through another's place. */
export interface ArchiveLedger {
  readonly size: number;
  add(path: string, type: EntryType): Entered;
}

export const createArchiveLedger = (): ArchiveLedger => {
  const entries = new Map<string, Entry>();

  const standing = (path: string): Entry | undefined | 'clash' => {
    const entry = entries.get(clashKey(path));
    return entry === undefined || entry.path === path ? entry : 'clash';
  };

  return {
    get size() {
      return entries.size;
    },
    add(path, type) {
      const newDirectories: string[] = [];
      for (const above of directoriesAbove(path)) {
        const entry = standing(above);
        if (entry === 'clash') return problem('differs from another entry only in upper and lower case');
        if (entry !== undefined && entry.type !== 'directory') {
          return problem(`lies below "${shownName(above)}", which is no directory`);
        }
        if (entry !== undefined) continue;
        entries.set(clashKey(above), { path: above, type: 'directory', named: false });
        newDirectories.push(above);
      }
      const entry = standing(path);
      if (entry === 'clash') return problem('differs from another entry only in upper and lower case');
      const fills = entry !== undefined && !entry.named && type === 'directory';
      if (entry !== undefined && !fills) return problem('is there twice');
      if (entry === undefined && type === 'directory') newDirectories.push(path);
      entries.set(clashKey(path), { path, type, named: true });
      return { ok: true, newDirectories };
    },
  };
};

const problem = (text: string): Entered => ({ ok: false, problem: text });

/** The directories above a relative path, outermost first. */
export const directoriesAbove = (path: string): readonly string[] => {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
};
