import { shownName } from '../../domain/capture-rules.ts';
import { type Failure, fail } from '../../domain/failure.ts';

/** What every failure to take a state over begins with. */
export const notTakenOver = 'The state of the session could not be taken over';

/** Thrown to end an unpacking, with the failure to report. */
export class ArchiveRefused extends Error {
  readonly failure: Failure;
  constructor({ failure }: { readonly failure: Failure }) {
    super(failure.why);
    this.failure = failure;
  }
}

/** An entry that is not let in. `problem` ends a sentence that begins with its name. */
export const refusedEntry = (name: string, problem: string): ArchiveRefused =>
  new ArchiveRefused(
    fail(
      'capture.unsafe-archive',
      notTakenOver,
      `"${shownName(name)}" in it ${problem}`,
      'leave that out (`leaveOut` of the profile) if you know it, else sign in again in a fresh session',
    ),
  );

export const damagedArchive = (): ArchiveRefused =>
  new ArchiveRefused(
    fail(
      'capture.unsafe-archive',
      notTakenOver,
      'what came is no tar archive, or a damaged one',
      'capture again; the session is kept',
    ),
  );

export const tooLargeArchive = (why: string): ArchiveRefused =>
  new ArchiveRefused(
    fail(
      'capture.too-large',
      notTakenOver,
      why,
      'leave large directories out (`leaveOut` of the profile), then capture again',
    ),
  );

export const truncatedArchive = (): ArchiveRefused =>
  new ArchiveRefused(
    fail(
      'capture.truncated',
      notTakenOver,
      'the stream broke off before its end',
      'capture again; the session is kept',
    ),
  );
