import { type Failure, fail, ok, type Result } from '../../domain/failure.ts';
import type { SecretMount, ServiceProgress, Swarm, SwarmSecret, SwarmService } from '../../ports/swarm.ts';

/** What becomes of an update: by default it is done at once. */
type Fate = Pick<ServiceProgress, 'state' | 'message'>;

/** A swarm in memory. Without `join` its engine manages none. */
export interface FakeSwarm extends Swarm {
  join(): void;
  readonly secretsByName: Map<string, SwarmSecret & { readonly content: string }>;
  readonly servicesByName: Map<string, SwarmService>;
  /** Adds a service as people make them. */
  addService(name: string, changes?: Partial<SwarmService>): void;
  /** Every change of a service's secrets, oldest first, by the service's name. */
  readonly updates: readonly string[];
  /** What becomes of every update from now on. */
  fate: Fate;
}

export const createFakeSwarm = (now: () => number = () => Date.now()): FakeSwarm => {
  const secretsByName = new Map<string, SwarmSecret & { readonly content: string }>();
  const servicesByName = new Map<string, SwarmService>();
  const before = new Map<string, readonly SecretMount[]>();
  const states = new Map<string, Fate>();
  const updates: string[] = [];
  let active = false;
  let made = 0;

  const inactive: { ok: false; failure: Failure } = fail(
    'swarm.inactive',
    'The swarm was not asked',
    'the engine manages no swarm',
    'make one: docker swarm init',
  );
  const asked = async <T>(work: () => Result<T>): Promise<Result<T>> => (active ? work() : inactive);
  const serviceOf = (id: string): SwarmService => {
    const found = [...servicesByName.values()].find((service) => service.id === id);
    if (found === undefined) throw new Error(`no service ${id}`);
    return found;
  };
  const withSecrets = (id: string, secrets: readonly SecretMount[]) => {
    const service = serviceOf(id);
    before.set(id, service.secrets);
    servicesByName.set(service.name, { ...service, secrets });
  };
  const isUsed = (id: string) =>
    [...servicesByName.values()].some(({ secrets }) => secrets.some(({ secretId }) => secretId === id));

  const fake: FakeSwarm = {
    secretsByName,
    servicesByName,
    updates,
    fate: { state: 'done', message: '' },
    join() {
      active = true;
    },
    addService(name, changes = {}) {
      servicesByName.set(name, {
        id: `s-${name}`,
        name,
        labels: {},
        env: [],
        user: '',
        secrets: [],
        ...changes,
      });
    },
    secrets: (labels) =>
      asked(() =>
        ok(
          [...secretsByName.values()].filter((secret) =>
            Object.entries(labels).every(([key, value]) => secret.labels[key] === value),
          ),
        ),
      ),
    createSecret: ({ name, labels, content }) =>
      asked(() => {
        made += 1;
        const secret = secretsByName.get(name) ?? {
          id: `x${made}`,
          name,
          labels,
          content,
          createdAt: now() + made,
        };
        secretsByName.set(name, secret);
        return ok(secret);
      }),
    removeSecret: (id) =>
      asked(() => {
        if (isUsed(id)) return ok(false);
        for (const [name, secret] of secretsByName) if (secret.id === id) secretsByName.delete(name);
        return ok(true);
      }),
    services: () => asked(() => ok([...servicesByName.values()])),
    mountSecrets: (id, mounts) =>
      asked(() => {
        updates.push(serviceOf(id).name);
        withSecrets(id, mounts);
        states.set(id, fake.fate);
        return ok(undefined);
      }),
    rollBack: (id) =>
      asked(() => {
        withSecrets(id, before.get(id) ?? []);
        states.set(id, { state: 'rolled-back', message: '' });
        return ok(undefined);
      }),
    progress: (id) =>
      asked(() => {
        const fate = states.get(id) ?? { state: 'done', message: '' };
        return ok({ ...fate, ready: fate.state === 'done' ? 1 : 0, wanted: 1 });
      }),
  };
  return fake;
};
