import type { Stats } from 'node:fs';
import { constants } from 'node:fs/promises';
import { join } from 'node:path';
import { storeOwnPrefix } from '../../domain/capture-rules.ts';
import type { FileFacts } from '../../domain/checks/facts.ts';
import type { StoredFacts } from '../../ports/auth-store.ts';
import { errorCode, type FileSystem } from './file-system.ts';
import { readFileBounded } from './private-files.ts';

/** Bytes. */
export const contentLimit = 1024 * 1024;

const nothing: FileFacts = { kind: 'missing', isLink: false, mode: 0, uid: null, size: 0, content: null };

const metadata = (stats: Stats) => ({ mode: stats.mode & 0o7777, uid: stats.uid, size: stats.size });

/** Links that lead nowhere, or round in a circle. */
const leadsNowhere = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

const fileFacts = async (files: FileSystem, path: string): Promise<FileFacts> => {
  let link: Stats;
  try {
    link = await files.lstat(path);
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (leadsNowhere.has(code)) return nothing;
    if (code === '') throw error;
    return { ...nothing, kind: 'unreadable' };
  }
  const isLink = link.isSymbolicLink();
  let target = link;
  try {
    if (isLink) target = await files.stat(path);
    const known = { ...metadata(target), isLink, content: null };
    if (target.isDirectory()) return { ...known, kind: 'directory' };
    if (!target.isFile()) return { ...known, kind: 'other' };
    const read = await readFileBounded(files, path, contentLimit);
    const now = { ...metadata(read.stats), isLink };
    if (read.kind === 'not-a-file') return { ...now, kind: 'other', content: null };
    return { ...now, kind: 'file', content: read.kind === 'content' ? read.content : null };
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (leadsNowhere.has(code)) return isLink ? { ...nothing, kind: 'dangling-link', isLink } : nothing;
    if (code === '') throw error;
    return { ...metadata(target), isLink, kind: 'unreadable', content: null };
  }
};

/** Facts about an auth directory as it is now. Never waits for a FIFO or a device, never throws for what it finds. */
export const gatherFacts = async (files: FileSystem, authDir: string): Promise<StoredFacts> => {
  const file = (name: string) => fileFacts(files, join(authDir, name));
  const [{ content: _none, ...directory }, writable, names, credentials, state, settings, oauthToken] =
    await Promise.all([
      fileFacts(files, authDir),
      files.access(authDir, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      ),
      files.readdir(authDir).catch(() => []),
      file('.credentials.json'),
      file('.claude.json'),
      file('settings.json'),
      file('oauth-token'),
    ]);
  return {
    authDir,
    directory: { ...directory, writable: writable && directory.kind === 'directory' },
    credentials,
    state,
    settings,
    oauthToken,
    entries: names.filter((name) => !name.startsWith(storeOwnPrefix)).sort(),
  };
};
