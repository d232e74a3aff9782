import * as z from 'zod/mini';
import type { BuildEvent } from '../../ports/engine.ts';
import { engineText } from './engine-errors.ts';
import { createPullProgress } from './pull-progress.ts';

/** One message of the build's progress stream (source: moby, `pkg/jsonmessage`). */
const messageSchema = z.looseObject({
  stream: z.optional(z.string()),
  status: z.optional(z.string()),
  id: z.optional(z.string()),
  progressDetail: z.nullish(z.looseObject({ current: z.nullish(z.number()), total: z.nullish(z.number()) })),
  error: z.optional(z.string()),
  errorDetail: z.nullish(z.looseObject({ message: z.optional(z.string()) })),
  aux: z.nullish(z.looseObject({ ID: z.optional(z.string()) })),
});

/** What is known of a build from its stream so far. */
export interface BuildRecord {
  /** The newest lines, oldest first, for the diagnosis. */
  readonly lines: readonly string[];
  /** The step under way, such as `RUN npm install`; null before the first. */
  readonly step: string | null;
  /** Ids, often short, of images that this build made or took from the cache. */
  readonly images: ReadonlySet<string>;
  /** Ids, often short, of containers that this build ran. */
  readonly containers: ReadonlySet<string>;
  /** The engine's error text, or null. */
  readonly error: string | null;
  /** The id of the finished image, or null. */
  readonly image: string | null;
}

const keptLines = 200;

/** Classic builder: `Step 3/9 : RUN …`; Podman: `STEP 3/9: RUN …`. */
const stepLine = /^step (\d+)\/(\d+) ?: ?(.*)$/i;
const cacheLine = /^\s*-+> +using cache/i;
const containerLine = /^ ---> Running in ([0-9a-f]{12,64})$/;
const imageLine = /^\s*-+> ([0-9a-f]{11,64})$/;
const builtLine = /^Successfully built ([0-9a-f]{12,64})$/;
const removedLine = /^(?:Removing|Removed) intermediate container /;

/** Turns the messages of a build into events, and keeps what a diagnosis and a clean-up need. */
export const createBuildProgress = (onEvent: (event: BuildEvent) => void) => {
  const lines: string[] = [];
  const images = new Set<string>();
  const containers = new Set<string>();
  const pull = createPullProgress();
  let partial = '';
  let step = 0;
  let stepText: string | null = null;
  let error: string | null = null;
  let image: string | null = null;

  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
  };

  const line = (raw: string) => {
    const text = engineText(raw.replaceAll('\t', '  ').trimEnd(), 500);
    const match = (pattern: RegExp) => pattern.exec(raw.trimEnd())?.[1];
    const stepParts = stepLine.exec(raw.trim());
    if (stepParts !== null) {
      step = Number(stepParts[1]);
      stepText = engineText(stepParts[3] ?? '', 500);
      keep(text);
      onEvent({ type: 'step', step, steps: Number(stepParts[2]), text: stepText });
    } else if (cacheLine.test(raw)) {
      onEvent({ type: 'cached', step });
    } else if (match(containerLine) !== undefined) {
      containers.add(match(containerLine) ?? '');
    } else if (match(imageLine) !== undefined) {
      images.add(match(imageLine) ?? '');
    } else if (match(builtLine) !== undefined) {
      image ??= match(builtLine) ?? null;
    } else if (text !== '' && !removedLine.test(text)) {
      keep(text);
      onEvent({ type: 'line', text });
    }
  };

  /** A program that draws a progress bar ends its lines with CR; a chunk may end anywhere. */
  const output = (text: string) => {
    const parts = (partial + text).split(/\r\n|\n|\r(?!$)/);
    partial = parts.pop() ?? '';
    for (const part of parts) line(part);
  };

  const flush = () => {
    if (partial !== '') line(partial);
    partial = '';
  };

  const take = (value: unknown) => {
    const message = z.parse(messageSchema, value);
    if (message.stream !== undefined) output(message.stream);
    if (message.status !== undefined) {
      const { current = null, total = null } = message.progressDetail ?? {};
      const event = pull({ id: message.id ?? '', status: message.status, current, total });
      if (event !== null) onEvent(event);
    }
    if (message.aux?.ID !== undefined) image = message.aux.ID;
    if (message.error !== undefined || message.errorDetail?.message !== undefined) {
      flush();
      error = message.errorDetail?.message ?? message.error ?? '';
    }
  };

  return {
    take,
    /** The stream has ended. */
    end: flush,
    get record(): BuildRecord {
      return { lines, step: stepText, images, containers, error, image };
    },
  };
};
