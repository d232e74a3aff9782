import type { Failure, Result } from '../../../domain/failure.ts';
import { diagnose, type Trouble } from '../../../domain/playbooks/diagnose.ts';
import type { Picture } from '../../../domain/playbooks/picture.ts';
import type { Fix } from '../../../domain/playbooks/playbook.ts';

/** What became of the last fix. */
export type Outcome =
  | { readonly kind: 'mended' | 'still-there' | 'unseen'; readonly text: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A fix on its way: shown first, done when the person agrees. */
export interface Proposal {
  readonly trouble: Trouble;
  readonly fix: Fix;
}

export interface TroubleshootState {
  /** Null until the first look. */
  readonly picture: Picture | null;
  /** What the picture shows, the likeliest cause first. */
  readonly troubles: readonly Trouble[];
  readonly proposal: Proposal | null;
  readonly outcome: Outcome | null;
}

export type TroubleshootEvent =
  | { readonly type: 'proposed'; readonly proposal: Proposal }
  | { readonly type: 'declined' }
  /** Looked, after the fix of a trouble when there was one; `done` says in a line what was done. */
  | {
      readonly type: 'looked';
      readonly picture: Picture;
      readonly after: { readonly trouble: Trouble; readonly done: Result<string> } | null;
    };

export const notLooked: TroubleshootState = { picture: null, troubles: [], proposal: null, outcome: null };

export const reduceTroubleshoot = (state: TroubleshootState, event: TroubleshootEvent): TroubleshootState => {
  switch (event.type) {
    case 'proposed':
      return { ...state, proposal: event.proposal, outcome: null };
    case 'declined':
      return { ...state, proposal: null };
    case 'looked': {
      const troubles = diagnose(event.picture);
      const outcome = event.after === null ? null : outcomeOf(state, troubles, event.after);
      return { picture: event.picture, troubles, proposal: null, outcome };
    }
  }
};

const outcomeOf = (
  { picture: before }: TroubleshootState,
  troubles: readonly Trouble[],
  { trouble, done }: { readonly trouble: Trouble; readonly done: Result<string> },
): Outcome => {
  if (!done.ok) return { kind: 'failed', failure: done.failure };
  if (troubles.some(({ playbook }) => playbook.id === trouble.playbook.id)) {
    return { kind: 'still-there', text: `${done.value}, but it is not mended yet: ${trouble.cause}.` };
  }
  // What only a failure told of can't be seen by looking; only doing it again shows whether it works now.
  if (done.value === lookedAgain && before !== null && onlyTold(before, trouble)) {
    return { kind: 'unseen', text: 'Whether that helped shows only when you try again what failed.' };
  }
  return { kind: 'mended', text: `Mended. ${done.value}.` };
};

const onlyTold = (picture: Picture, { playbook }: Trouble): boolean =>
  picture.failure !== null && playbook.diagnose({ ...picture, failure: null }) === null;

/** What the fix that only looks says it did. */
export const lookedAgain = 'Looked again';
