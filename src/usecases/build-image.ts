import type { ImageSettings } from '../domain/config.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import { imageLabels, printedCliVersion } from '../domain/image-plan.ts';
import type { BuildEvent, Engine, ImageInfo, ImagePlan } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';

type ImagePorts = Pick<Ports, 'imageSource'>;
type BuildPorts = ImagePorts & Pick<Ports, 'clock'>;

/** How long the CLI in a new image may take to give its version; it takes about 10 ms. */
const versionTimeoutMs = 60_000;

/** What an image with these settings is built from, and its name. */
export const planImage = (ports: ImagePorts, settings: ImageSettings): Promise<Result<ImagePlan>> =>
  ports.imageSource.plan(settings);

/** Whether the engine has the image of this plan, built to the end and proved to run. */
export const imageState = async (
  _ports: ImagePorts,
  engine: Engine,
  plan: ImagePlan,
): Promise<Result<{ readonly current: ImageInfo | null }>> => {
  const found = await engine.image(plan.reference);
  if (!found.ok) return found;
  const proved = found.value?.labels[imageLabels.cliVersion] !== undefined;
  return ok({ current: proved ? found.value : null });
};

export interface BuildInput {
  readonly engine: Engine;
  readonly plan: ImagePlan;
  /** Builds every step anew, and also when the image is there. */
  readonly noCache: boolean;
}

/**
 * Builds the setup image, unless it is there already, and asks the CLI in it for its version. Only then, in a second
 * pass over the cached steps, the image gets the version as a label and the tag `latest`: so an image that does not run
 * is never taken for a good one, and the label tells the real version of a `latest`.
 * `image.cli-version` when the CLI does not start or is another version.
 */
export const buildImage = async (
  ports: BuildPorts,
  { engine, plan, noCache }: BuildInput,
  onEvent: (event: BuildEvent) => void,
  signal: AbortSignal,
): Promise<Result<{ readonly image: ImageInfo; readonly built: boolean }>> => {
  if (!noCache) {
    const state = await imageState(ports, engine, plan);
    if (!state.ok) return state;
    if (state.value.current !== null) return ok({ image: state.value.current, built: false });
  }
  const { request, reference, context } = plan;
  const draft = await engine.build(
    { ...request, tags: [reference], labels: {}, context: context(), noCache },
    onEvent,
    signal,
  );
  if (!draft.ok) return draft;
  onEvent({ type: 'line', text: 'Asking the Claude CLI in the image for its version' });
  await removeLeftProofs(ports, engine);
  const version = await provedVersion(engine, plan, signal);
  if (!version.ok) return version;
  const labels = { ...request.labels, [imageLabels.cliVersion]: version.value };
  const image = await engine.build({ ...request, labels, context: context() }, () => {}, signal);
  return image.ok ? ok({ image: image.value, built: true }) : image;
};

const provedVersion = async (
  engine: Engine,
  { reference, settings }: ImagePlan,
  signal: AbortSignal,
): Promise<Result<string>> => {
  const output = await versionOutput(engine, reference, signal);
  if (!output.ok) return output;
  const version = printedCliVersion(output.value);
  if (version !== null && (settings.cliVersion === 'latest' || settings.cliVersion === version)) {
    return ok(version);
  }
  return badVersion(
    version === null
      ? `asked for its version it said ${JSON.stringify(output.value.trim().slice(0, 120))}`
      : `it is version ${version} where ${settings.cliVersion} was asked for`,
  );
};

const proofLabels = { 'claude-setup.purpose': 'version' } as const;

/** Containers that are older than any proof takes: their process was killed, or the engine was gone when they were to go. */
const removeLeftProofs = async ({ clock }: BuildPorts, engine: Engine): Promise<void> => {
  const found = await engine.list(proofLabels);
  if (!found.ok) return;
  for (const { id, createdAt } of found.value)
    if (clock.now() - createdAt > 2 * versionTimeoutMs) await engine.remove(id);
};

/** What `claude --version` prints in a container of the image. The container is removed on every way out. */
const versionOutput = async (engine: Engine, image: string, signal: AbortSignal): Promise<Result<string>> => {
  const created = await engine.create({
    name: null,
    image,
    command: ['claude', '--version'],
    env: [],
    labels: proofLabels,
    tty: false,
    size: null,
    extraHosts: [],
    alone: true,
  });
  if (!created.ok) return created;
  const container = created.value;
  try {
    const started = await engine.start(container);
    if (!started.ok) return started;
    const ended = await engine.wait(
      container,
      AbortSignal.any([signal, AbortSignal.timeout(versionTimeoutMs)]),
    );
    if (!ended.ok) {
      const late = ended.failure.code === 'interrupted' && !signal.aborted;
      return late ? badVersion(`it gave no version within ${versionTimeoutMs / 1000} seconds`) : ended;
    }
    const logs = await engine.logs(container);
    if (!logs.ok) return logs;
    return ok(ended.value === 0 ? logs.value.stdout : logs.value.stderr);
  } finally {
    const removed = await engine.remove(container);
    if (!removed.ok) await engine.remove(container);
  }
};

const badVersion = (why: string): Result<never> =>
  fail(
    'image.cli-version',
    'The Claude CLI in the new image is not the one that was asked for',
    why,
    'build every step anew: `claude-setup build --no-cache`, or choose another version with `--cli-version`',
  );
