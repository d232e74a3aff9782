import type { Binding } from '../../keys.ts';

export interface PickerActions {
  readonly pick: () => void;
  /** Clears the filter, or leaves everything as it is when there is none. */
  readonly escape: () => void;
}

export const pickerKeys = (filtered: boolean, act: PickerActions): readonly Binding[] => [
  { on: ['enter'], label: 'make it the default', run: act.pick },
  { on: ['escape'], label: filtered ? 'clear' : 'leave it', run: act.escape },
];
