import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { interrupted, ok, type Result } from '../../domain/failure.ts';
import { liveCallArguments, liveCallEnvironment } from '../../domain/live-call.ts';
import type { WorkingCopyFiles } from '../../domain/working-copy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ContainerSpec, ContainerSummary, Engine } from '../../ports/engine.ts';
import type { WorkingCopy } from '../../ports/runtime.ts';
import { configTar, waitAtMost } from './cli-run.ts';
import { createFullCopy } from './full-copy.ts';
import { configDir, labels, nodeUser, removeSurely } from './our-containers.ts';
import { readKept } from './read-kept.ts';

export interface CopyPlace {
  readonly engine: Engine;
  readonly clock: Clock;
}

const notRefreshed = 'The login was not refreshed';

/** A working copy in a container of its own, which the engine keeps whatever becomes of this process. */
export const startWorkingCopy = async (
  { engine, clock }: CopyPlace,
  spec: Omit<ContainerSpec, 'name' | 'command'>,
  profile: string,
  copy: WorkingCopyFiles,
  signal: AbortSignal,
): Promise<Result<WorkingCopy>> => {
  if (signal.aborted) return interrupted(notRefreshed);
  const created = await engine.create({
    ...spec,
    name: `claude-setup-refresh-${profile}-${randomBytes(4).toString('hex')}`,
    command: ['claude', ...liveCallArguments],
    env: [...spec.env, ...Object.entries(liveCallEnvironment).map(([name, value]) => `${name}=${value}`)],
    labels: {
      ...spec.labels,
      [labels.role]: 'refresh',
      [labels.profile]: profile,
      [labels.base]: copy.base,
    },
  });
  if (!created.ok) return created;
  const uploaded = await engine.upload(created.value, nodeUser.home, configTar(copy.files));
  if (!uploaded.ok || signal.aborted) {
    await removeSurely(engine, created.value);
    return uploaded.ok ? interrupted(notRefreshed) : uploaded;
  }
  const started = await engine.start(created.value);
  // When the answer got lost it may run all the same, so it is left to be found again.
  if (!started.ok) return started;
  const facts = { id: created.value, base: copy.base, startedAt: clock.now(), mayWait: false };
  return ok(createWorkingCopy({ engine, clock }, facts));
};

export const findWorkingCopies = async (
  { engine, clock }: CopyPlace,
  ownLabels: Readonly<Record<string, string>>,
  profile: string,
): Promise<Result<readonly WorkingCopy[]>> => {
  const found: ContainerSummary[] = [];
  for (const role of ['refresh', 'full']) {
    const ones = await engine.list({ ...ownLabels, [labels.role]: role, [labels.profile]: profile });
    if (!ones.ok) return ones;
    found.push(...ones.value);
  }
  return ok(
    found
      .toSorted((a, b) => a.createdAt - b.createdAt)
      .map((summary) => {
        const facts = {
          id: summary.id,
          base: summary.labels[labels.base] ?? '',
          startedAt: summary.createdAt,
        };
        return summary.labels[labels.role] === 'full'
          ? createFullCopy({ engine, clock }, facts)
          : createWorkingCopy({ engine, clock }, { ...facts, mayWait: !summary.running });
      }),
  );
};

interface CopyFacts extends Pick<WorkingCopy, 'id' | 'base' | 'startedAt'> {
  /** Whether it did not run when it was found. */
  readonly mayWait: boolean;
}

const createWorkingCopy = ({ engine, clock }: CopyPlace, { mayWait, ...facts }: CopyFacts): WorkingCopy => ({
  ...facts,
  holder: 'refresh',
  async settled(timeoutMs, signal) {
    // The start that a killed process asked for may be under way still, so that it could begin at any moment. Once more
    // does no harm: a CLI that finds fresh tokens, or none, leaves them as they are.
    if (mayWait) {
      const started = await engine.start(facts.id);
      if (!started.ok) return started;
    }
    const exit = await waitAtMost(engine, clock, facts.id, timeoutMs, signal);
    if (signal.aborted) return interrupted(notRefreshed);
    // An engine that never told of the end may tell now.
    if (exit === 'late') return ok(await hasEnded(engine, facts));
    return exit.ok ? ok(true) : exit;
  },
  read: (path, limit) => readKept(engine, facts.id, posix.join(configDir, path), limit),
  remove: () => removeSurely(engine, facts.id),
});

/** Whether the program of a copy is known to have ended. */
const hasEnded = async (engine: Engine, { id, base }: Pick<CopyFacts, 'id' | 'base'>): Promise<boolean> => {
  const found = await engine.list({ [labels.role]: 'refresh', [labels.base]: base });
  return found.ok && found.value.some((one) => one.id === id && !one.running);
};
