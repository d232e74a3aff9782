import { useReducer, useState } from 'react';
import { exportFormats } from '../../../domain/export/formats.ts';
import { type Failure, failureLine, ok } from '../../../domain/failure.ts';
import type { Profile } from '../../../domain/profile.ts';
import { exportProfile, writeExport } from '../../../usecases/export.ts';
import { usePorts } from '../../ports-context.tsx';
import { useCopy } from '../../use-copy.ts';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import {
  atTop,
  copyText,
  type ExportEvent,
  type ExportState,
  type Preview,
  reduceExport,
} from './export-state.ts';

const asUsual = { directory: null, image: null, service: null, namespace: null };

export interface Exporting {
  readonly state: ExportState;
  readonly dispatch: (event: ExportEvent) => void;
  /** Null until they are made. */
  readonly previews: readonly Preview[] | null;
  /** Why they can't be made. */
  readonly failure: Failure | null;
  /** What is going on while a file is written; null otherwise. */
  readonly working: string | null;
  readonly copy: (preview: Preview) => Promise<void>;
  readonly write: (preview: Preview, path: string) => void;
  readonly cancel: () => void;
}

/** The export screen's state with its effects. A token is asked for only when it is to be written. */
export const useExport = (profile: Profile): Exporting => {
  const ports = usePorts();
  const toClipboard = useCopy();
  const [state, dispatch] = useReducer(reduceExport, atTop);
  const [line, setLine] = useState('Writing');
  const looking = useTask<readonly Preview[]>();
  const writing = useTask<readonly string[]>();

  useOnce(() => {
    looking.start(async (signal) => {
      const previews: Preview[] = [];
      for (const format of exportFormats) {
        if (format.holdsToken) {
          previews.push({ format, files: null });
          continue;
        }
        const exported = await exportProfile(ports, { profile, format, ...asUsual }, () => {}, signal);
        if (!exported.ok) return exported;
        previews.push({ format, files: exported.value.files });
      }
      return ok(previews);
    });
  });

  return {
    state,
    dispatch,
    previews: looking.task.status === 'done' ? looking.task.value : null,
    failure: looking.task.status === 'failed' ? looking.task.failure : null,
    working: writing.task.status === 'running' ? line : null,
    copy: async (preview) => {
      const done = await toClipboard(copyText(profile.name, preview));
      const text = done ? 'Copied.' : 'Handed to the terminal to copy.';
      dispatch({ type: 'said', said: { kind: 'done', text } });
    },
    write: ({ format }, path) => {
      setLine('Writing');
      writing.start(async (signal, live) => {
        const say = (text: string) => live(() => setLine(text));
        const exported = await exportProfile(ports, { profile, format, ...asUsual }, say, signal);
        const written = exported.ok ? await writeExport(ports, exported.value.files, path) : exported;
        live(() => dispatch({ type: 'said', said: saidOf(written, exported) }));
        return written;
      });
    },
    cancel: () => void writing.cancel(),
  };
};

const saidOf = (
  written: Awaited<ReturnType<typeof writeExport>>,
  exported: Awaited<ReturnType<typeof exportProfile>>,
): NonNullable<ExportState['said']> => {
  if (!written.ok) return { kind: 'failed', failure: written.failure };
  const warning = exported.ok ? exported.value.warning : null;
  const text = `Wrote ${written.value.join(' and ')}.`;
  return { kind: 'done', text: warning === null ? text : `${text} ${failureLine(warning)}` };
};
