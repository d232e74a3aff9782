import type { BuildEvent } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import { formatBytes, formatElapsed } from '../tui/format.ts';
import { createTerminalSigns } from '../tui/terminal/terminal-signs.ts';
import { type Io, progressLine } from './io.ts';

/** How often a download says how far it is. */
const pullEveryMs = 5000;

/** A build as lines of progress, and in the signs of the terminal around them. */
export interface BuildLines {
  readonly show: (event: BuildEvent) => void;
  /** Takes the signs back. */
  readonly end: () => void;
}

export const createBuildLines = (io: Io, { clock, host }: Pick<Ports, 'clock' | 'host'>): BuildLines => {
  const { stderr } = io;
  const signs = createTerminalSigns((text) => stderr.write(text), stderr.isTTY === true ? host.env : {});
  const work = signs.begin();
  const startedAt = clock.now();
  let saidAt = startedAt;
  const elapsed = () => formatElapsed(clock.now() - startedAt);
  return {
    show(event) {
      if (event.type === 'step') {
        const { step, steps, text } = event;
        work.share((step - 1) / steps);
        progressLine(io, `Step ${step}/${steps}, after ${elapsed()}: ${text}`);
      }
      if (event.type === 'line') progressLine(io, `  ${event.text}`);
      if (event.type === 'pull' && clock.now() - saidAt >= pullEveryMs) {
        saidAt = clock.now();
        const verb = event.phase === 'pulling' ? 'downloading' : 'unpacking';
        const bytes = `${formatBytes(event.bytes)} of ${formatBytes(event.totalBytes)}`;
        progressLine(io, `  Base image: ${verb} ${bytes}, after ${elapsed()}`);
      }
    },
    end() {
      signs.close();
    },
  };
};
