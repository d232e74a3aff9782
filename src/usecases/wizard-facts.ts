import { ok, type Result } from '../domain/failure.ts';
import type { Answers, WizardFacts } from '../domain/wizard/steps.ts';
import type { EngineInfo, EngineSearch } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { imageState, planImage } from './build-image.ts';
import { checkDirectory } from './check.ts';

/** A runtime that is ready to sign in, and what it runs in one line. */
export interface ReadyRuntime {
  readonly runtime: Runtime;
  readonly description: string;
}

/** The live things behind the facts; they exist only in this process. */
export interface WizardWorld {
  /** The search for an engine, once one was made. */
  readonly search: EngineSearch | null;
  /** The CLI on this host, once it was made ready. */
  readonly sandbox: ReadyRuntime | null;
  /** Where the CLI of the chosen runtime runs, once it is ready. */
  readonly runtime: Runtime | null;
  /** The profile whose left-over sign-ins were seen to in this process. */
  readonly seenTo: string | null;
}

export const emptyWorld: WizardWorld = { search: null, sandbox: null, runtime: null, seenTo: null };

type Probed = Omit<WizardFacts, 'verified'>;

/** The engine in one line, such as `Docker Engine 28.3.0 at unix:///var/run/docker.sock`. */
export const engineLine = ({ name, version, endpoint }: EngineInfo): string =>
  `${name} ${version} at ${endpoint}`;

/**
 * Looks at everything that decides which steps of the wizard have something to do. Only a broken configuration is a
 * failure: what is missing is a fact, and the step it belongs to says why.
 */
export const probeWizard = async (
  ports: Ports,
  { answers, world }: { readonly answers: Answers; readonly world: WizardWorld },
  signal: AbortSignal,
): Promise<Result<{ readonly facts: Probed; readonly world: WizardWorld }>> => {
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const profile = config.value.profiles.find(({ name }) => name === answers.profile) ?? null;
  const search =
    answers.runtime === 'docker' && !world.search?.engine ? await ports.engines.find(signal) : world.search;
  const engine = search?.engine ?? null;
  const ready = answers.runtime === 'sandbox' ? world.sandbox : await readyImage(ports, { ...world, search });
  const login =
    profile === null
      ? null
      : await checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: null });
  // Looked for only where a fine login would have the sign-in step skipped; else that step looks by itself.
  const left =
    profile === null || ready === null || login?.status === 'fail' || world.seenTo === profile.name
      ? ok([])
      : await ready.runtime.findSignIns(profile.name, { columns: 80, rows: 24 });
  return ok({
    facts: {
      engine: engine === null ? null : engineLine(engine.info),
      profile,
      prepared: ready?.description ?? null,
      login,
      pending: left.ok && left.value.length > 0,
    },
    world: { ...world, search, runtime: ready?.runtime ?? null },
  });
};

/** The setup image of the settings as they are now, when the engine has it. */
const readyImage = async (ports: Ports, { search }: WizardWorld): Promise<ReadyRuntime | null> => {
  const engine = search?.engine ?? null;
  const config = await ports.settings.load();
  if (engine === null || !config.ok) return null;
  const plan = await planImage(ports, config.value.image);
  if (!plan.ok) return null;
  const state = await imageState(ports, engine, plan.value);
  if (!state.ok || state.value.current === null) return null;
  return {
    runtime: ports.runtimes.docker(engine, plan.value),
    description: `The setup image ${plan.value.reference} is up to date`,
  };
};
