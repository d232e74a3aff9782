import {
  type SecretPart,
  secretParts,
  secretVersions,
  swarmLabels,
  swarmSecretName,
} from '../domain/export/versions.ts';
import { type Failure, fail, ok, type Result } from '../domain/failure.ts';
import type { LeaseFiles } from '../domain/lease.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { SecretMount, Swarm, SwarmSecret, SwarmService } from '../ports/swarm.ts';
import { lend } from './lend.ts';
import { requireEngine } from './open-runtime.ts';
import { type MadeSecret, sameMounts, wantedMounts } from './swarm-mounts.ts';

export interface PushInput {
  readonly profile: Profile;
  /** Services to give the login to, beside those with our label and those that have it already. */
  readonly services: readonly string[];
}

export interface PushedService {
  readonly name: string;
  readonly outcome: 'updated' | 'current' | 'failed';
  /** Null unless it failed. */
  readonly failure: Failure | null;
}

export interface Pushed {
  /** Names of the secrets that the services have now. */
  readonly secrets: readonly string[];
  readonly services: readonly PushedService[];
  /** Names of secrets that no service uses any more and that are gone. */
  readonly removed: readonly string[];
  /** When the lease in the secrets ends, in milliseconds since the epoch. */
  readonly endsAt: number;
  readonly warning: Failure | null;
}

/** Versions of a secret that are kept even when no service uses them. */
const keptVersions = 2;

const lookEveryMs = 500;
/** How long an update of one service may take. A big one on slow nodes takes minutes. */
const updateLimitMs = 10 * 60_000;

/**
 * Puts a lease of a profile's login into a swarm: secrets whose names tell their version, given to services, each update
 * waited for. When nothing changed, nothing is touched. An update that fails is taken back.
 */
export const pushToSwarm = async (
  ports: Ports,
  { profile, services: named }: PushInput,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Pushed>> => {
  const engine = await requireEngine(ports, signal);
  if (!engine.ok) return engine;
  const { swarm } = engine.value;
  const all = await swarm.services();
  if (!all.ok) return all;
  const missing = named.find((name) => !all.value.some((service) => service.name === name));
  if (missing !== undefined) return noService(missing, all.value);
  const lent = await lend(ports, { profile }, onProgress, signal);
  if (!lent.ok) return lent;
  const { lease, warning } = lent.value;
  const made = await makeSecrets(swarm, profile, lease);
  if (!made.ok) return made;
  const known = await knownSecrets(swarm, profile);
  if (!known.ok) return known;
  const ours = all.value.filter(
    (service) =>
      named.includes(service.name) ||
      service.labels[swarmLabels.profile] === profile.name ||
      service.secrets.some(({ secretId }) => known.value.has(secretId)),
  );
  const services = await Promise.all(
    ours.map(async (service): Promise<PushedService> => {
      const mounts = wantedMounts(service, made.value, known.value);
      if (sameMounts(service.secrets, mounts))
        return { name: service.name, outcome: 'current', failure: null };
      const updated = await updateService({ ports, swarm, service, mounts, onProgress, signal });
      return updated.ok
        ? { name: service.name, outcome: 'updated', failure: null }
        : { name: service.name, outcome: 'failed', failure: updated.failure };
    }),
  );
  const removed = await removeOld(swarm, profile, made.value);
  if (!removed.ok) return removed;
  return ok({
    secrets: made.value.map(({ secret }) => secret.name),
    services,
    removed: removed.value,
    endsAt: lease.expiresAt,
    warning,
  });
};

const makeSecrets = async (
  swarm: Swarm,
  profile: Profile,
  lease: LeaseFiles,
): Promise<Result<readonly MadeSecret[]>> => {
  const all: MadeSecret[] = [];
  for (const version of secretVersions(lease)) {
    const name = swarmSecretName({ profile: profile.name }, version);
    const labels = {
      [swarmLabels.profile]: profile.name,
      [swarmLabels.part]: version.part,
      [swarmLabels.endsAt]: new Date(lease.expiresAt).toISOString(),
    };
    const made = await swarm.createSecret({ name, labels, content: version.content });
    if (!made.ok) return made;
    all.push({ version, secret: made.value });
  }
  return ok(all);
};

/** Every secret of a profile that is there, by its id. */
const knownSecrets = async (
  swarm: Swarm,
  { name }: Profile,
): Promise<Result<ReadonlyMap<string, SwarmSecret>>> => {
  const secrets = await swarm.secrets({ [swarmLabels.profile]: name });
  return secrets.ok ? ok(new Map(secrets.value.map((secret) => [secret.id, secret]))) : secrets;
};

interface Update {
  readonly ports: Ports;
  readonly swarm: Swarm;
  readonly service: SwarmService;
  readonly mounts: readonly SecretMount[];
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Updates a service and waits until all its containers have the new secrets; takes the update back when it fails. */
const updateService = async (update: Update): Promise<Result<void>> => {
  const { ports, swarm, service, mounts } = update;
  const started = await swarm.mountSecrets(service.id, mounts);
  if (!started.ok) return started;
  const deadline = ports.clock.now() + updateLimitMs;
  const ended = await follow(update, deadline);
  if (!ended.ok || ended.value.state === 'done') return ended.ok ? ok(undefined) : ended;
  if (ended.value.state !== 'rolled-back') {
    const back = await swarm.rollBack(service.id);
    if (!back.ok) return back;
    await follow(update, ports.clock.now() + updateLimitMs);
  }
  return fail(
    'swarm.update-failed',
    `${service.name} did not take the new login`,
    ended.value.message || 'its containers did not start with it in time',
    `it is back to what it was; see what keeps it: docker service ps --no-trunc ${service.name}`,
  );
};

/** Looks until an update has ended one way or the other, or the time is up. */
const follow = async (
  { ports, swarm, service, onProgress, signal }: Update,
  deadline: number,
): Promise<ReturnType<Swarm['progress']>> => {
  let said = '';
  while (true) {
    const progress = await swarm.progress(service.id);
    if (!progress.ok) return progress;
    const { state, ready, wanted } = progress.value;
    const line = `${service.name}: ${ready} of ${wanted} containers have the new login`;
    if (line !== said && state === 'under-way') onProgress(line);
    said = line;
    if (state !== 'under-way' || ports.clock.now() > deadline) return progress;
    const woken = await ports.clock.wait(lookEveryMs, signal).then(
      () => true,
      () => false,
    );
    if (!woken) return stillUnderWay(service);
  }
};

/** Removes what no service uses, except the newest versions of each part. */
const removeOld = async (
  swarm: Swarm,
  profile: Profile,
  made: readonly MadeSecret[],
): Promise<Result<readonly string[]>> => {
  const known = await knownSecrets(swarm, profile);
  if (!known.ok) return known;
  const current = new Set(made.map(({ secret }) => secret.id));
  const old = secretParts.flatMap((part) => oldVersions([...known.value.values()], part, current));
  const removed: string[] = [];
  for (const { id, name } of old) {
    const done = await swarm.removeSecret(id);
    if (!done.ok) return done;
    if (done.value) removed.push(name);
  }
  return ok(removed);
};

const oldVersions = (
  secrets: readonly SwarmSecret[],
  part: SecretPart,
  current: ReadonlySet<string>,
): readonly SwarmSecret[] =>
  secrets
    .filter(({ labels }) => labels[swarmLabels.part] === part)
    .sort((a, b) => b.createdAt - a.createdAt)
    .slice(keptVersions)
    .filter(({ id }) => !current.has(id));

const noService = (name: string, services: readonly SwarmService[]) =>
  fail(
    'swarm.service-missing',
    `There is no service ${name}`,
    `the swarm has ${services.map((service) => service.name).join(', ') || 'none'}`,
    'name one of them, or make it first',
  );

const stillUnderWay = ({ name }: SwarmService) =>
  fail(
    'interrupted',
    `The update of ${name} was not waited for`,
    'it was interrupted',
    'the swarm goes on with it; push again to see how it ended',
  );
