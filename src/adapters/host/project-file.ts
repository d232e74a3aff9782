import { constants } from 'node:fs';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { shownPath } from '../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { projectFileName } from '../../domain/project-file.ts';
import type { ProjectFile, ProjectFileContent } from '../../ports/project-file.ts';
import { errorCode } from '../store/file-system.ts';

export interface ProjectFileOptions {
  /** Where the search ends: nothing above it is looked at. */
  readonly homeDir: string;
  /** The current directory when asked; for tests. */
  readonly cwd?: () => string;
}

/** Bytes. A longer file is none that names a profile. */
const limit = 4096;

export const createProjectFile = ({
  homeDir,
  cwd = () => process.cwd(),
}: ProjectFileOptions): ProjectFile => ({
  async find() {
    for (let directory = cwd(); ; directory = dirname(directory)) {
      const found = await readIn(directory);
      if (!found.ok || found.value !== null) return found;
      if (directory === homeDir || dirname(directory) === directory) return ok(null);
    }
  },
  async write(change) {
    const before = await readIn(cwd());
    if (!before.ok) return before;
    const path = join(cwd(), projectFileName);
    const draft = `${path}.${process.pid}`;
    try {
      // Read by everybody who works on the project: it holds no secret.
      await writeFile(draft, change(before.value?.text ?? null), { flag: 'wx' });
      await rename(draft, path);
      return ok({ path });
    } catch (error) {
      await rm(draft, { force: true }).catch(() => {});
      const code = errorCode(error);
      if (code === null) throw error;
      return fail(
        'output.unwritable',
        `${shownPath(path)} was not written`,
        code === 'EISDIR' ? 'it is a directory' : `the system answered ${code}`,
        'go to a directory that you can write into',
      );
    }
  },
});

/** Null when there is none, also when a directory has the name: that is where the store keeps its own. */
const readIn = async (directory: string): Promise<Result<ProjectFileContent | null>> => {
  const path = join(directory, projectFileName);
  try {
    // Without waiting for a pipe that somebody put there.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) return ok(null);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(limit + 1));
      if (bytesRead > limit) return unreadable(path, `it is larger than ${limit} bytes`);
      return ok({ path, text: buffer.toString('utf8', 0, bytesRead) });
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code === null) throw error;
    // What can't be looked into from here holds no file of ours.
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'ENXIO'].includes(code)) return ok(null);
    return unreadable(path, `the system answered ${code}`);
  }
};

const unreadable = (path: string, why: string): Result<never> =>
  fail(
    'profile.project-file',
    `${shownPath(path)} can't be read`,
    why,
    'make it a readable file with one profile name, or remove it',
  );
