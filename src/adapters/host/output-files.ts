import { randomUUID } from 'node:crypto';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { OutputFiles } from '../../ports/output-files.ts';

export const createOutputFiles = (): OutputFiles => ({
  async writeNew(given, content, { withFolder } = { withFolder: false }) {
    const path = resolve(given);
    try {
      if (withFolder) await mkdir(dirname(path), { recursive: true });
      // `wx` also refuses a link that leads nowhere, so nothing can be slipped in.
      await writeFile(path, content, { flag: 'wx', mode: 0o600 });
      return ok({ path });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (code === 'EEXIST') {
        return fail(
          'output.exists',
          `${path} was not written`,
          'something is there already',
          'name another file',
        );
      }
      return unwritable(path, error);
    }
  },
  async replace(given, content) {
    const path = resolve(given);
    const draft = `${path}.${randomUUID()}`;
    try {
      await writeFile(draft, content, { flag: 'wx' });
      // Readable for all whatever the umask.
      await chmod(draft, 0o644);
      await rename(draft, path);
      return ok(undefined);
    } catch (error) {
      await rm(draft, { force: true }).catch(() => undefined);
      return unwritable(path, error);
    }
  },
});

const unwritable = (path: string, error: unknown): Result<never> => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '') throw error;
  return fail(
    'output.unwritable',
    `${path} was not written`,
    `the system answered ${code}`,
    'name a file in a directory that you can write into',
  );
};
