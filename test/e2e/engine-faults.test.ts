import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/host/clock.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { findTestEngine } from '../support/engine-images.ts';
import { type EngineFault, engineFaults, startFaultProxy } from '../support/fault-proxy.ts';
import { soak, stride } from '../support/soak.ts';
import { createTally } from '../support/tally.ts';
import {
  type Deed,
  deeds,
  expectClear,
  type FaultImage,
  makeFaultImage,
  makeTrialWorld,
  renewedTokens,
  type TrialWorld,
} from './fault-world.ts';

/** Five minutes later. */
const later: Clock = { ...systemClock, now: () => systemClock.now() + 300_000 };

const reason = await whyNoDocker();
const engine = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

/** Nobody answers any more: a person presses Ctrl+C. In a soak they wait for our own limits first, the longest of which this is. */
const silent: ReadonlySet<EngineFault> = new Set(['hang', 'mute']);
const ownLimitsMs = 150_000;
/** A person's own command that Ctrl+C does not end is ended, which needs no words (128 + 9). */
const killed = 137;
/** Divides no number of faults, so that each call and each fault has its turn. */
const step = stride(10);

interface Fault {
  readonly at: number;
  readonly kind: EngineFault;
}

describe.skipIf(reason !== null)(`an engine in trouble (${reason ?? 'real engine'})`, () => {
  let image: FaultImage;
  let folder = '';
  const tally = createTally('engine faults');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claude-setup-faults-'));
    image = await makeFaultImage(await findTestEngine());
  });
  afterAll(async () => {
    tally.print();
    await image?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** The login in a container that is about to be removed: a refreshed one must be stored by then. */
  const tokensIn = async (container: string): Promise<readonly string[]> =>
    renewedTokens((await docker('cp', `${container}:/home/node/.claude/.credentials.json`, '-')).stdout);

  const actThrough = async (deed: Deed, world: TrialWorld, fault: Fault | null, clock = systemClock) => {
    const seen: string[] = [];
    const beforeRemoval = async (id: string) => void seen.push(...(await tokensIn(id)));
    const proxy = await startFaultProxy({
      engine,
      folder,
      fault,
      ...(deed.name === 'refresh' ? { beforeRemoval } : {}),
    });
    const left = new AbortController();
    const over = new AbortController();
    if (fault !== null && silent.has(fault.kind)) {
      void proxy.struck
        .then(() => (soak ? delay(ownLimitsMs, undefined, { signal: over.signal }) : undefined))
        .then(() => left.abort('SIGINT'))
        .catch(() => undefined);
    }
    const outcome = await deed.act(world, proxy.host, left.signal, clock);
    over.abort();
    await proxy.close();
    return { outcome, seen, calls: proxy.calls };
  };

  /** The same with nothing in its way. A machine that has too much to do for the engine to be heard in time is given more of it. */
  const actWell = async (deed: Deed, world: TrialWorld, tries = 5): ReturnType<typeof actThrough> => {
    const acted = await actThrough(deed, world, null);
    const unheard = acted.outcome.output.includes('gives no answer within');
    return unheard && tries > 1 ? actWell(deed, world, tries - 1) : acted;
  };

  const trial = async (deed: Deed, fault: Fault): Promise<boolean> => {
    const world = await makeTrialWorld(image, deed);
    try {
      const before = await world.stored();
      const first = await actThrough(deed, world, fault);
      if (first.outcome.status !== killed) expectClear(first.outcome, deed.good);
      const between = await world.stored();
      if (deed.name !== 'refresh' && deed.signedIn)
        expect(renewedTokens(between)).toHaveLength(between === before ? 0 : 1);
      if (between !== '') JSON.parse(between);
      // The next command finds an engine that is well.
      const next = await actWell(deed, world);
      const unchanged = /login that was there before/.test(next.outcome.output);
      if (!unchanged) expect(next.outcome.status, next.outcome.output).toBe(deed.good);
      const after = await world.stored();
      expect(await world.containers()).toEqual([]);
      for (const token of [...first.seen, ...next.seen]) expect(renewedTokens(after)).toContain(token);
      return first.outcome.status === deed.good;
    } catch (error) {
      throw new Error(`${deed.name}, call ${fault.at}, ${fault.kind}`, { cause: error });
    } finally {
      for (const id of await world.containers()) await docker('rm', '-f', id);
      await world.remove();
    }
  };

  it.each(deeds)('$name: every call may fail', { timeout: 3_600_000 }, async (deed) => {
    const world = await makeTrialWorld(image, deed);
    const healthy = await actWell(deed, world);
    expect(healthy.outcome.status, healthy.outcome.output).toBe(deed.good);
    expect(await world.containers()).toEqual([]);
    await world.remove();
    const { calls } = healthy;
    if (soak) console.log(`${deed.name}: ${calls.join(', ')}`);
    const faults = calls
      .flatMap((_, at) => engineFaults.map((kind) => ({ at, kind })))
      // Each silence costs the time limit of its call.
      .filter(({ at, kind }) => soak || at === 0 || !silent.has(kind))
      .filter((_, index) => index % step === 0);
    const failed: unknown[] = [];
    const make = async (fault: Fault) => {
      tally.add(deed.name, fault.kind, 1, calls.length);
      await trial(deed, fault).catch((error: unknown) => {
        tally.lose(deed.name);
        failed.push(error);
      });
    };
    // Those that only wait cost nobody anything.
    await Promise.all([
      inTurns(
        faults.filter(({ kind }) => !silent.has(kind)),
        2,
        make,
      ),
      inTurns(
        faults.filter(({ kind }) => silent.has(kind)),
        18,
        make,
      ),
    ]);
    if (deed.name === 'build') {
      // What proved an image is known by its age only, for it belongs to no settings home.
      const last = await makeTrialWorld(image, deed);
      await actThrough(deed, last, null, later);
      await last.remove();
      expect(await image.proofs()).toBe('');
    }
    if (failed.length > 0) throw new AggregateError(failed, failed.map(String).join('\n'));
  });
});

/** Some at a time. */
const inTurns = async <T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
};
