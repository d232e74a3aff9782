import type { BuildEvent } from '../../../ports/engine.ts';
import { addLine } from '../../components/log-lines.ts';
import type { LogLine } from '../../components/log-pane.tsx';
import { formatBytes } from '../../format.ts';

export interface ImageState {
  readonly view: 'overview' | 'settings';
  /** Milliseconds since the epoch; null before the first build. */
  readonly startedAt: number | null;
  readonly step: number;
  readonly steps: number;
  readonly stepText: string;
  readonly line: string;
  readonly pull: Extract<BuildEvent, { type: 'pull' }> | null;
  readonly log: readonly LogLine[];
  readonly showLog: boolean;
}

export type ImageEvent =
  | { readonly type: 'started'; readonly at: number }
  | { readonly type: 'happened'; readonly event: BuildEvent }
  | { readonly type: 'log' }
  | { readonly type: 'settings'; readonly open: boolean };

export const newImageState: ImageState = {
  view: 'overview',
  startedAt: null,
  step: 0,
  steps: 0,
  stepText: '',
  line: '',
  pull: null,
  log: [],
  showLog: false,
};

export const reduceImage = (state: ImageState, event: ImageEvent): ImageState => {
  switch (event.type) {
    case 'started':
      return { ...newImageState, startedAt: event.at, showLog: state.showLog };
    case 'happened':
      return happen(state, event.event);
    case 'log':
      return { ...state, showLog: !state.showLog };
    case 'settings':
      return { ...state, view: event.open ? 'settings' : 'overview' };
  }
};

const happen = (state: ImageState, event: BuildEvent): ImageState => {
  switch (event.type) {
    case 'step': {
      const { step, steps, text } = event;
      const log = addLine(state.log, `Step ${step}/${steps}: ${text}`);
      return { ...state, step, steps, stepText: text, line: '', pull: null, log };
    }
    case 'line': {
      const log = addLine(state.log, event.text);
      return { ...state, line: log.at(-1)?.text ?? '', pull: null, log };
    }
    case 'pull':
      return { ...state, pull: event };
    case 'cached':
      return {
        ...state,
        line: 'taken from an earlier build',
        log: addLine(state.log, '(from an earlier build)'),
      };
  }
};

/** How much is done, between 0 and 1: finished steps, and within a step what is known of its bytes. */
export const doneShare = ({ step, steps, pull }: ImageState): number => {
  if (steps === 0) return pull === null || pull.totalBytes === 0 ? 0 : pullShare(pull) / 10;
  const within = pull === null ? 0 : pullShare(pull);
  return Math.min(1, (Math.max(0, step - 1) + within) / steps);
};

const pullShare = ({ bytes, totalBytes }: { readonly bytes: number; readonly totalBytes: number }): number =>
  totalBytes === 0 ? 0 : bytes / totalBytes;

/** What goes on right now, in one line. */
export const currentLine = ({ pull, line }: ImageState): string => {
  if (pull === null) return line;
  const verb = pull.phase === 'pulling' ? 'downloading' : 'unpacking';
  return `Base image: ${verb} ${formatBytes(pull.bytes)} of ${formatBytes(pull.totalBytes)}`;
};
