import type { Binding } from '../../keys.ts';
import type { Task } from '../../use-task.ts';

export interface ImageActions {
  readonly build: () => void;
  readonly cancel: () => void;
  readonly goOn: () => void;
  readonly log: () => void;
  readonly settings: () => void;
}

export const imageKeys = (
  status: Task<unknown>['status'],
  ready: boolean,
  act: ImageActions,
): readonly Binding[] => {
  const log = { on: ['l'], label: 'log', run: act.log };
  const settings = { on: ['s'], label: 'settings', run: act.settings };
  switch (status) {
    case 'running':
      return [log, { on: ['c'], label: 'cancel the build', run: act.cancel }];
    case 'failed':
      return [{ on: ['enter', 'r'], label: 'try again', run: act.build }, settings, log];
    case 'idle':
    case 'done':
      return ready
        ? [{ on: ['enter'], label: 'continue', run: act.goOn }, settings]
        : [{ on: ['enter'], label: 'build it', run: act.build }, settings];
  }
};
