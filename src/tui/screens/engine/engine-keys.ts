import type { Binding } from '../../keys.ts';
import type { EngineState } from './engine-state.ts';

export interface EngineActions {
  readonly useEngine: () => void;
  readonly useSandbox: () => void;
  readonly search: () => void;
  readonly details: () => void;
}

export const engineKeys = (
  { search }: EngineState,
  platform: NodeJS.Platform,
  act: EngineActions,
): readonly Binding[] => {
  const sandbox = { on: ['s'], label: 'no engine', run: act.useSandbox };
  const without = platform === 'linux' ? [sandbox] : [];
  if (search === null) return without;
  if (search.engine === null) {
    return [{ on: ['enter', 'r'], label: 'try again', run: act.search }, ...without];
  }
  return [
    { on: ['enter'], label: 'continue', run: act.useEngine },
    { on: ['d'], label: 'details', run: act.details },
    { on: ['r'], label: 'search again', run: act.search },
    ...without,
  ];
};
