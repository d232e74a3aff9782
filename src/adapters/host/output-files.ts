import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail, ok } from '../../domain/failure.ts';
import type { OutputFiles } from '../../ports/output-files.ts';

export const createOutputFiles = (): OutputFiles => ({
  async writeNew(given, content) {
    const path = resolve(given);
    try {
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
      if (code === '') throw error;
      return fail(
        'output.unwritable',
        `${path} was not written`,
        `the system answered ${code}`,
        'name a file in a directory that you can write into',
      );
    }
  },
});
