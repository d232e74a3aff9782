import type { Binding } from '../../keys.ts';
import type { ProfileState } from './profile-state.ts';

export interface ProfileActions {
  readonly choose: () => void;
  readonly takeName: () => void;
  readonly takeDirectory: () => void;
  readonly useOccupied: () => void;
  readonly toList: () => void;
  readonly toDirectory: () => void;
}

export const profileKeys = (state: ProfileState, act: ProfileActions): readonly Binding[] => {
  switch (state.mode) {
    case 'list':
      return [{ on: ['enter'], label: 'choose', run: act.choose }];
    case 'name':
      return [
        { on: ['enter'], label: 'continue', run: act.takeName },
        { on: ['escape'], label: 'back to the list', run: act.toList },
      ];
    case 'directory':
      return [
        { on: ['enter'], label: 'continue', run: act.takeDirectory },
        { on: ['escape'], label: 'back to the list', run: act.toList },
      ];
    case 'occupied':
      return [
        { on: ['y'], label: 'use it', run: act.useOccupied },
        { on: ['enter', 'n', 'escape'], label: 'choose another', run: act.toDirectory },
      ];
  }
};
