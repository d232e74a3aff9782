import { ok } from '../../domain/failure.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { WorkingCopy } from '../../ports/runtime.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';

/** A working copy whose files the test's CLI writes. */
export interface FakeCopy extends WorkingCopy {
  readonly profile: string;
  readonly files: FakeFiles;
  readonly removed: boolean;
  /** Whether its CLI is at work; changed by the test. */
  running: boolean;
}

export const createFakeCopy = (
  id: string,
  profile: string,
  { base, files: given }: WorkingCopyFiles,
  holder: WorkingCopy['holder'] = 'refresh',
): FakeCopy => {
  const files = createFakeFiles();
  for (const [path, content] of given) files.set(path, content);
  let removed = false;
  return {
    id,
    profile,
    base,
    holder,
    startedAt: Date.UTC(2026, 10, 24),
    files,
    running: false,
    get removed() {
      return removed;
    },
    async settled() {
      return ok(!this.running);
    },
    read: async (path, limit) => ok(files.read(path, limit)),
    async remove() {
      removed = true;
      return ok(undefined);
    },
  };
};
