import type { Binding } from '../../keys.ts';

export interface ExportActions {
  readonly copy: () => void;
  readonly ask: () => void;
  readonly write: () => void;
  readonly leaveField: () => void;
  readonly cancel: () => void;
  readonly back: () => void;
  readonly scroll: (pages: number) => void;
}

export const exportKeys = (
  mode: 'choosing' | 'naming' | 'writing',
  holdsToken: boolean,
  act: ExportActions,
): readonly Binding[] => {
  switch (mode) {
    case 'writing':
      return [{ on: ['escape'], label: 'stop', run: act.cancel }];
    case 'naming':
      return [
        { on: ['enter'], label: 'write', run: act.write },
        { on: ['escape'], label: 'leave it', run: act.leaveField },
      ];
    case 'choosing':
      return [
        { on: ['c'], label: holdsToken ? 'copy the command' : 'copy', run: act.copy },
        { on: ['w'], label: 'write a file', run: act.ask },
        { on: ['escape'], label: 'back', run: act.back },
        { on: [' ', 'page down'], label: 'scroll', run: () => act.scroll(1) },
        { on: ['page up'], label: 'scroll back', quiet: true, run: () => act.scroll(-1) },
      ];
  }
};
