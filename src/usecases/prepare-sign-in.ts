import { ok, type Result } from '../domain/failure.ts';
import type { RuntimeKind } from '../domain/profile.ts';
import type { BuildEvent } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { buildImage, planImage } from './build-image.ts';
import { requireEngine } from './open-runtime.ts';

/** What happens while a runtime is made ready. */
export interface PrepareListener {
  readonly line: (text: string) => void;
  readonly build: (event: BuildEvent) => void;
}

/** Makes a runtime ready to sign in: builds the setup image, or finds or installs the CLI on this host. */
export const prepareRuntime = async (
  ports: Ports,
  kind: RuntimeKind,
  listener: PrepareListener,
  signal: AbortSignal,
): Promise<Result<Runtime>> => {
  if (kind === 'sandbox') {
    const sandbox = ports.runtimes.sandbox();
    const prepared = await sandbox.prepare((progress) => listener.line(progress.text), signal);
    if (!prepared.ok) return prepared;
    listener.line(prepared.value.description);
    return ok(sandbox);
  }
  const config = await ports.settings.load();
  if (!config.ok) return config;
  const engine = await requireEngine(ports, signal);
  if (!engine.ok) return engine;
  const { info } = engine.value;
  listener.line(`${info.name} ${info.version} at ${info.endpoint}`);
  const plan = await planImage(ports, config.value.image);
  if (!plan.ok) return plan;
  const input = { engine: engine.value, plan: plan.value, noCache: false };
  const built = await buildImage(ports, input, listener.build, signal);
  if (!built.ok) return built;
  listener.line(`${plan.value.reference} ${built.value.built ? 'was built' : 'is up to date'}`);
  return ok(ports.runtimes.docker(engine.value, plan.value));
};
