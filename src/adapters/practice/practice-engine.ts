import { Readable } from 'node:stream';
import { ok } from '../../domain/failure.ts';
import { imageBuildArgs, imageHash, imageLabels, latestTag } from '../../domain/image-plan.ts';
import type { BuildEvent, Engine } from '../../ports/engine.ts';
import type { ImageSource } from '../../ports/image-source.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import type { Pace } from './pace.ts';

const dockerfile = 'Dockerfile.claude-setup';

/** Plans as the real one does, over no files: its hash follows the settings. */
export const practiceImageSource: ImageSource = {
  plan: async (settings) => {
    const hash = imageHash(settings, []);
    const reference = `claude-setup:${hash}`;
    return ok({
      settings,
      reference,
      request: {
        dockerfile,
        tags: [reference, latestTag],
        labels: { [imageLabels.hash]: hash },
        buildArgs: imageBuildArgs(settings),
        extraHosts: settings.extraHosts,
        noCache: false,
      },
      context: () => Readable.from([]),
    });
  },
};

const pulled = 78_000_000;

const stepEvents = (step: number, text: string, ...lines: readonly string[]): readonly BuildEvent[] => [
  { type: 'step', step, steps: 6, text },
  ...lines.map((line): BuildEvent => ({ type: 'line', text: line })),
];

/** A build as a real one looks, and how long each event takes to come, in milliseconds. */
const buildScript = (base: string): readonly (readonly [number, BuildEvent])[] => [
  ...stepEvents(1, `FROM ${base}`).map((event) => [300, event] as const),
  ...[0.2, 0.45, 0.7, 1].map(
    (share) => [400, { type: 'pull', phase: 'pulling', bytes: pulled * share, totalBytes: pulled }] as const,
  ),
  ...[
    ...stepEvents(
      2,
      'RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git',
      'Get:1 http://deb.debian.org/debian bookworm InRelease [151 kB]',
      'Get:2 http://deb.debian.org/debian bookworm/main amd64 Packages [8792 kB]',
      'Setting up ca-certificates (20230311+deb12u1) ...',
      'Setting up git (1:2.39.5-0+deb12u2) ...',
    ),
    ...stepEvents(3, 'RUN useradd --uid 1000 --create-home node'),
    ...stepEvents(4, 'RUN npm install -g @anthropic-ai/claude-code', 'added 3 packages in 9s'),
    ...stepEvents(5, 'COPY entrypoint.sh /usr/local/bin/'),
    ...stepEvents(6, 'USER node'),
  ].map((event) => [450, event] as const),
];

/** An engine that is not there: it builds by script, and the only program in its images is the stand-in CLI. */
export const createPracticeEngine = ({
  now,
  pace,
}: {
  readonly now: () => number;
  readonly pace: Pace;
}): { readonly engine: Engine; readonly fake: FakeEngine } => {
  const fake = createFakeEngine({ endpoint: 'unix:///var/run/practice.sock' });
  fake.clock = now;
  fake.build.hold();
  const play = async (base: string, signal: AbortSignal) => {
    for (const [milliseconds, event] of buildScript(base)) {
      await pace('build', milliseconds, signal);
      if (!fake.build.running) return;
      fake.build.emit(event);
    }
    await pace('build', 500, signal);
    if (fake.build.running) fake.build.succeed();
  };
  const build: Engine['build'] = (request, onEvent, signal) => {
    const isBuilt = request.tags.some((tag) => fake.images.has(tag)) && !request.noCache;
    const building = fake.build(request, onEvent, signal);
    if (isBuilt) fake.build.succeed();
    else void play(request.buildArgs.BASE_IMAGE ?? '', signal);
    return building;
  };
  return { engine: { ...fake, build }, fake };
};
