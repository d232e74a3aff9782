import { useRef, useState } from 'react';
import { interrupted } from '../../../domain/failure.ts';
import { eventText } from '../../../domain/watch/events.ts';
import { createWatch, type Watch, type WatchInput, type WatchPicture } from '../../../usecases/watch.ts';
import { addLine } from '../../components/log-lines.ts';
import type { LogLine } from '../../components/log-pane.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';

export interface LiveWatch {
  /** Null until the first look. */
  readonly picture: WatchPicture | null;
  readonly lines: readonly LogLine[];
  readonly refreshNow: Watch['refreshNow'];
}

const clockTime = (moment: number): string =>
  new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' }).format(moment);

/** A watch that runs as long as the screen. */
export const useWatch = (input: Omit<WatchInput, 'onEvent'>): LiveWatch => {
  const ports = usePorts();
  const [picture, setPicture] = useState<WatchPicture | null>(null);
  const [lines, setLines] = useState<readonly LogLine[]>([]);
  const watch = useRef<Watch | null>(null);
  const running = useTask<never>();
  useOnce(() => {
    running.start(async (signal, live) => {
      watch.current = createWatch(ports, {
        ...input,
        onEvent: (event) => {
          const now = ports.clock.now();
          live(() => setLines((all) => addLine(all, `${clockTime(now)} ${eventText(event, now)}`)));
        },
        onPicture: (next) => live(() => setPicture(next)),
      });
      await watch.current.run(signal);
      return interrupted('The watch ended');
    });
  });
  return { picture, lines, refreshNow: (profile) => watch.current?.refreshNow(profile) };
};
