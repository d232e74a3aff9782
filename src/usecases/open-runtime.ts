import { fail, ok, type Result } from '../domain/failure.ts';
import type { RuntimeKind } from '../domain/profile.ts';
import type { Engine, EngineSearch, ImagePlan } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { imageState, planImage } from './build-image.ts';

/** The engine that was found, or the failure that says why none was. */
export const requireEngine = async (ports: Ports, signal: AbortSignal): Promise<Result<Engine>> => {
  const search = await ports.engines.find(signal);
  return search.engine === null ? noEngine(search) : ok(search.engine);
};

/** The engine, and what is to be built on it by the settings as they are. */
export const engineAndPlan = async (
  ports: Ports,
  signal: AbortSignal,
): Promise<Result<{ readonly engine: Engine; readonly plan: ImagePlan }>> => {
  const engine = await requireEngine(ports, signal);
  if (!engine.ok) return engine;
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const plan = await planImage(ports, config.value.image);
  return plan.ok ? ok({ engine: engine.value, plan: plan.value }) : plan;
};

/**
 * The runtime of that kind, ready to sign in: for `docker` the engine answers and the setup image is there. Without
 * `needsImage` the image does not matter: the runtime is for a command in one of the person's own.
 */
export const openRuntime = async (
  ports: Ports,
  kind: RuntimeKind,
  signal: AbortSignal,
  { needsImage = true }: { readonly needsImage?: boolean } = {},
): Promise<Result<Runtime>> => {
  if (kind === 'sandbox') return ok(ports.runtimes.sandbox());
  const found = await engineAndPlan(ports, signal);
  if (!found.ok) return found;
  const { engine, plan } = found.value;
  if (!needsImage) return ok(ports.runtimes.docker(engine, plan));
  const state = await imageState(ports, engine, plan);
  if (!state.ok) return state;
  if (state.value.current === null) {
    return fail(
      'image.missing',
      'The setup image is not there',
      'it was never built with these settings on this engine',
      'run claude-setup build',
    );
  }
  return ok(ports.runtimes.docker(engine, plan));
};

const noEngine = ({ attempts }: EngineSearch): Result<never> => {
  // One that is there and does not let us in tells more than all the places where none is.
  const told =
    attempts.find(({ failure }) => failure.code !== 'engine.missing') ??
    (attempts.length === 1 ? attempts[0] : undefined);
  if (told !== undefined) return { ok: false, failure: told.failure };
  return fail(
    'engine.missing',
    'No Docker engine answered',
    `there is none at ${attempts.map(({ endpoint }) => endpoint).join(', ') || 'the usual places'}`,
    'start Docker, or sign in without it: claude-setup login --runtime sandbox',
  );
};
