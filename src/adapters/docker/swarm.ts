import * as z from 'zod/mini';
import { fail, ok, type Result } from '../../domain/failure.ts';
import type { SecretMount, ServiceProgress, Swarm } from '../../ports/swarm.ts';
import type { EngineApi } from './engine-api.ts';
import { answered, EngineRefusal, engineText } from './engine-errors.ts';

const limitMs = 20_000;

const labels = z.nullish(z.record(z.string(), z.string()));

const secretSchema = z.object({
  ID: z.string(),
  CreatedAt: z.string(),
  Spec: z.object({ Name: z.string(), Labels: labels }),
});

/** Mounted as a file; there is no other way for a secret of today's swarms. */
const mountSchema = z.object({
  SecretID: z.string(),
  SecretName: z.string(),
  File: z.object({ Name: z.string(), UID: z.string(), GID: z.string(), Mode: z.number() }),
});

const taskTemplateSchema = z.looseObject({
  ContainerSpec: z.looseObject({
    Secrets: z.nullish(z.array(mountSchema)),
    Env: z.nullish(z.array(z.string())),
    User: z.optional(z.string()),
  }),
});

const serviceSchema = z.object({
  ID: z.string(),
  Version: z.object({ Index: z.number() }),
  // Everything that we do not know goes back to the engine as it came.
  Spec: z.looseObject({
    Name: z.string(),
    Labels: labels,
    TaskTemplate: taskTemplateSchema,
    Mode: z.looseObject({ Replicated: z.optional(z.looseObject({ Replicas: z.optional(z.number()) })) }),
  }),
  UpdateStatus: z.nullish(z.object({ State: z.optional(z.string()), Message: z.optional(z.string()) })),
});

const taskSchema = z.object({
  Status: z.object({ State: z.string(), Err: z.optional(z.string()) }),
  Spec: taskTemplateSchema,
});

type Service = z.infer<typeof serviceSchema>;

/** States of an update (source: Docker Engine API, "Service", UpdateStatus); none when nothing had to be replaced. */
const states: Readonly<Record<string, ServiceProgress['state']>> = {
  completed: 'done',
  paused: 'stopped',
  rollback_paused: 'stopped',
  rollback_completed: 'rolled-back',
};

export const createSwarm = (api: EngineApi): Swarm => {
  const inspect = (service: string): Promise<Service> =>
    api.json({ method: 'GET', path: `/services/${service}`, limitMs }, serviceSchema);

  const listSecrets = async (filters: Readonly<Record<string, readonly string[]>>) => {
    const found = await api.json(
      { method: 'GET', path: '/secrets', query: { filters: JSON.stringify(filters) }, limitMs },
      z.array(secretSchema),
    );
    return found.map(({ ID, CreatedAt, Spec }) => ({
      id: ID,
      name: Spec.Name,
      labels: Spec.Labels ?? {},
      createdAt: Date.parse(CreatedAt),
    }));
  };

  /** Changes a service as it is at this moment; another's change in between makes the swarm refuse ours. */
  const update = async (
    id: string,
    change: (spec: Service['Spec']) => Service['Spec'],
    query: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      const { Spec, Version } = await inspect(id);
      try {
        await api.call({
          method: 'POST',
          path: `/services/${id}/update`,
          query: { version: Version.Index, ...query },
          json: change(Spec),
          limitMs,
        });
        return;
      } catch (error) {
        if (attempt === mostAttempts || !isOutOfSequence(error)) throw error;
      }
    }
  };

  return {
    secrets: (wanted) =>
      asked('The secrets of the swarm were not listed', async () => {
        const label = Object.entries(wanted).map(([key, value]) => `${key}=${value}`);
        return ok(await listSecrets({ label }));
      }),
    createSecret: ({ name, labels: given, content }) =>
      asked('The secret was not made', async () => {
        const json = { Name: name, Labels: given, Data: Buffer.from(content).toString('base64') };
        try {
          await api.call({ method: 'POST', path: '/secrets/create', json, limitMs });
        } catch (error) {
          if (!(error instanceof EngineRefusal && error.status === 409)) throw error;
        }
        // The filter takes beginnings of names too.
        const made = (await listSecrets({ name: [name] })).find((secret) => secret.name === name);
        return made === undefined
          ? fail('engine.refused', 'The secret was not made', 'it is gone again', 'try again')
          : ok(made);
      }),
    removeSecret: (id) =>
      asked('The secret was not removed', async () => {
        try {
          await api.call({ method: 'DELETE', path: `/secrets/${id}`, limitMs });
          return ok(true);
        } catch (error) {
          if (error instanceof EngineRefusal && error.status === 404) return ok(true);
          if (error instanceof EngineRefusal && /in use by/.test(error.message)) return ok(false);
          throw error;
        }
      }),
    services: () =>
      asked('The services of the swarm were not listed', async () => {
        const all = await api.json({ method: 'GET', path: '/services', limitMs }, z.array(z.unknown()));
        // What runs no containers, such as a plugin's service, is none that could have a login.
        const found = all.flatMap((one) => serviceSchema.safeParse(one).data ?? []);
        return ok(
          found.map(({ ID, Spec }) => ({
            id: ID,
            name: Spec.Name,
            labels: Spec.Labels ?? {},
            env: Spec.TaskTemplate.ContainerSpec.Env ?? [],
            user: Spec.TaskTemplate.ContainerSpec.User ?? '',
            secrets: (Spec.TaskTemplate.ContainerSpec.Secrets ?? []).map(toMount),
          })),
        );
      }),
    mountSecrets: (id, mounts) =>
      asked('The service was not updated', async () => {
        await update(id, (spec) => ({
          ...spec,
          TaskTemplate: {
            ...spec.TaskTemplate,
            ContainerSpec: { ...spec.TaskTemplate.ContainerSpec, Secrets: mounts.map(fromMount) },
          },
        }));
        return ok(undefined);
      }),
    rollBack: (id) =>
      asked('The service was not rolled back', async () => {
        await update(id, (spec) => spec, { rollback: 'previous' });
        return ok(undefined);
      }),
    progress: (id) =>
      asked('The update of the service was not followed', async () => {
        const service = await inspect(id);
        const tasks = await api.json(
          {
            method: 'GET',
            path: '/tasks',
            query: { filters: JSON.stringify({ service: [id], 'desired-state': ['running'] }) },
            limitMs,
          },
          z.array(taskSchema),
        );
        return ok(progressOf(service, tasks));
      }),
  };
};

const mostAttempts = 5;

const isOutOfSequence = (error: unknown): boolean =>
  error instanceof EngineRefusal && /out of sequence/.test(error.message);

const progressOf = (
  { Spec, UpdateStatus }: Service,
  tasks: readonly z.infer<typeof taskSchema>[],
): ServiceProgress => {
  const wantedSecrets = secretsOf(Spec.TaskTemplate);
  const ready = tasks.filter(
    (task) => task.Status.State === 'running' && secretsOf(task.Spec) === wantedSecrets,
  ).length;
  // A global service has as many containers as there are fitting nodes, and a task for each.
  const wanted = Spec.Mode.Replicated === undefined ? tasks.length : (Spec.Mode.Replicated.Replicas ?? 1);
  const told = UpdateStatus?.State === undefined ? 'done' : (states[UpdateStatus.State] ?? 'under-way');
  const trouble = tasks.map(({ Status }) => Status.Err).find(Boolean);
  return {
    state: told === 'done' && (ready < wanted || ready < tasks.length) ? 'under-way' : told,
    ready,
    wanted,
    message: engineText([UpdateStatus?.Message, trouble].filter(Boolean).join('; ')),
  };
};

const secretsOf = ({ ContainerSpec }: z.infer<typeof taskTemplateSchema>): string =>
  (ContainerSpec.Secrets ?? [])
    .map(({ SecretID }) => SecretID)
    .sort()
    .join();

const toMount = ({ SecretID, SecretName, File }: z.infer<typeof mountSchema>): SecretMount => ({
  secretId: SecretID,
  secretName: SecretName,
  target: File.Name,
  owner: { uid: Number(File.UID), gid: Number(File.GID) },
  mode: File.Mode,
});

const fromMount = ({ secretId, secretName, target, owner, mode }: SecretMount) => ({
  SecretID: secretId,
  SecretName: secretName,
  File: { Name: target, UID: String(owner.uid), GID: String(owner.gid), Mode: mode },
});

/** 503 is the answer of an engine that manages no swarm (source: Docker Engine API, "node is not part of a swarm"). */
const asked = <T>(what: string, work: () => Promise<Result<T>>): Promise<Result<T>> =>
  answered(what, async () => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof EngineRefusal && error.status === 503)) throw error;
      return fail(
        'swarm.inactive',
        what,
        'the engine manages no swarm',
        'ask a manager of the swarm with DOCKER_HOST or a docker context, or make one: docker swarm init',
      );
    }
  });
