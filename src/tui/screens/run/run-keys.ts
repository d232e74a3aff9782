import type { Binding } from '../../keys.ts';

export interface RunActions {
  readonly run: () => void;
  readonly cancel: () => void;
  readonly up: () => void;
  readonly down: () => void;
  readonly nextProfile: () => void;
  readonly back: () => void;
}

export const runKeys = (
  { working, profiles }: { readonly working: boolean; readonly profiles: number },
  act: RunActions,
): readonly Binding[] =>
  working
    ? [{ on: ['c', 'escape'], label: 'cancel', run: act.cancel }]
    : [
        { on: ['enter'], label: 'run', run: act.run },
        { on: ['escape'], label: 'back', run: act.back },
        { on: ['up'], label: 'choose', run: act.up },
        { on: ['down'], label: '', quiet: true, run: act.down },
        ...(profiles > 1 ? [{ on: ['tab'], label: 'profile', run: act.nextProfile }] : []),
      ];
