import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createPorts } from '../../src/compose.ts';
import { eventJson, type WatchEvent } from '../../src/domain/watch/events.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { createWatch } from '../../src/usecases/watch.ts';
import { whyNoDocker } from '../docker/docker-cli.ts';
import { whyNoOwnEngine } from '../support/own-engine.ts';
import { soak } from '../support/soak.ts';
import { createTally } from '../support/tally.ts';
import { openTmux } from '../support/tmux.ts';
import { expectClear, makeTrialWorld, type Outcome, type TrialWorld } from './fault-world.ts';
import { product } from './product.ts';
import {
  type Blow,
  deeds,
  makeRestartWorld,
  type RestartDeed,
  type RestartWorld,
  sealed,
} from './restart-world.ts';

const reason = (await whyNoDocker()) ?? (await whyNoOwnEngine());
const never = new AbortController().signal;
const blow = (signal: Blow['signal'], containers: Blow['containers'], back: Blow['back']): Blow => ({
  signal,
  containers,
  back,
});
const blows: readonly Blow[] = (['SIGTERM', 'SIGKILL'] as const).flatMap((signal) =>
  (['end', 'survive'] as const).flatMap((containers) =>
    (['at once', 'later'] as const).map((back) => blow(signal, containers, back)),
  ),
);
const nameOf = ({ signal, containers, back }: Blow): string =>
  `${signal}, containers ${containers}, back ${back}`;

/** When the engine ends: at the moment of that number or name, or after so many milliseconds. */
type When = { readonly moment: number | string } | { readonly afterMs: number };

interface Trial {
  readonly blow: Blow;
  readonly when: When;
}

/** What a quick run tries, by deed. */
const quick: Readonly<Record<string, readonly Trial[]>> = {
  build: [{ blow: blow('SIGKILL', 'end', 'at once'), when: { moment: 'die' } }],
  'sign-in, capture': [
    { blow: blow('SIGTERM', 'end', 'at once'), when: { moment: 'start' } },
    { blow: blow('SIGKILL', 'survive', 'at once'), when: { moment: 'archive-path' } },
  ],
  'check --live': [{ blow: blow('SIGTERM', 'survive', 'at once'), when: { moment: 'start' } }],
  refresh: [
    { blow: blow('SIGTERM', 'end', 'later'), when: { moment: 'written' } },
    { blow: blow('SIGKILL', 'survive', 'later'), when: { moment: 'asked' } },
  ],
  run: [{ blow: blow('SIGKILL', 'end', 'at once'), when: { moment: 'start' } }],
  'run --full': [
    { blow: blow('SIGTERM', 'survive', 'at once'), when: { moment: 'written' } },
    { blow: blow('SIGKILL', 'end', 'later'), when: { moment: 'written' } },
  ],
  'sign-in, sealed': [{ blow: blow('SIGTERM', 'end', 'at once'), when: { moment: 'die' } }],
  'refresh, sealed': [{ blow: blow('SIGKILL', 'survive', 'later'), when: { moment: 'written' } }],
};

/**
 * Whether what the issuer has given was in the memory of a container that has ended: in that of its CLI, or in that which is
 * kept for a sealed profile. The same as when the power fails, and no matter of ours.
 */
const isGone = ({ isSealed }: RestartDeed, { containers }: Blow, moments: readonly string[]): boolean =>
  containers === 'end' && moments.includes('granted') && (isSealed === true || !moments.includes('written'));

/** Every moment, and some times that are left to chance. */
const everyTrial = (moments: number, tookMs: number): readonly Trial[] =>
  blows.flatMap((one) => [
    ...Array.from({ length: moments }, (_, moment) => ({ blow: one, when: { moment } })),
    ...Array.from({ length: 4 }, () => ({ blow: one, when: { afterMs: Math.random() * tookMs } })),
  ]);

describe.skipIf(reason !== null)(`an engine that restarts (${reason ?? 'real engine'})`, () => {
  let place: RestartWorld;
  const tally = createTally('engine restarts');
  beforeAll(async () => {
    place = await makeRestartWorld();
  });
  afterAll(async () => {
    tally.print();
    await place?.close();
  });

  const makeWorld = async (deed: RestartDeed): Promise<TrialWorld> => {
    const world = await makeTrialWorld(place.image, deed);
    // A run is to find a token that it need not refresh.
    if (deed.signedIn) await place.signIn(world, 1800_000);
    return deed.isSealed ? sealed(world) : world;
  };

  const actThrough = async (deed: RestartDeed, world: TrialWorld, one: Trial | null) => {
    const when = one?.when ?? null;
    const moments: string[] = [];
    let struck: Promise<void> | null = null;
    const strike = () => {
      struck ??= one === null ? Promise.resolve() : place.strike(one.blow);
      return struck;
    };
    const stop = await place.watch((name) => {
      moments.push(name);
      const now = when !== null && 'moment' in when && [name, moments.length - 1].includes(when.moment);
      return now ? strike() : undefined;
    });
    const over = new AbortController();
    if (when !== null && 'afterMs' in when)
      void delay(when.afterMs, undefined, { signal: over.signal }).then(strike, () => undefined);
    const startedAt = Date.now();
    const outcome = await deed.act(world, place.engine.host, never);
    const tookMs = Date.now() - startedAt;
    over.abort();
    await struck;
    stop();
    return { outcome, moments, tookMs, wasStruck: struck !== null };
  };

  const ours = (world: TrialWorld) =>
    place.engine.docker('ps', '-aq', '--filter', `label=${world.label}`).then((text) => text.split('\n'));

  const expectKept = async (world: TrialWorld, what: string): Promise<void> => {
    const login = JSON.parse(await world.stored()).claudeAiOauth;
    expect(await place.issuer.refreshes(login.refreshToken), `${what}: the newest login is stored`).toBe(
      true,
    );
  };

  const trial = async (deed: RestartDeed, blow: Blow, when: When): Promise<void> => {
    await place.ready(blow.containers);
    const world = await makeWorld(deed);
    const reuses = await place.issuer.reuses();
    const outcomes: Outcome[] = [];
    try {
      const first = await actThrough(deed, world, { blow, when });
      outcomes.push(first.outcome);
      if ('moment' in when) expect(first.wasStruck).toBe(true);
      expectClear(first.outcome, deed.good);
      // Who signs in anew has the login of before until the new one is captured.
      if (deed.isNewSignIn && first.outcome.status !== deed.good) await expectKept(world, deed.name);
      await place.ready(blow.containers);
      const next = await actThrough(deed, world, null);
      outcomes.push(next.outcome);
      const unchanged = /login that was there before/.test(next.outcome.output);
      const gone = isGone(deed, blow, first.moments);
      if (gone) expectClear(next.outcome, deed.good);
      else if (!unchanged) expect(next.outcome.status, next.outcome.output).toBe(deed.good);
      expect(await ours(world)).toEqual(['']);
      if (deed.signedIn && !deed.isNewSignIn && !gone) await expectKept(world, deed.name);
      if (!gone) expect(await place.issuer.reuses()).toBe(reuses);
    } catch (error) {
      const told = outcomes.map(({ status, output }) => `${status}: ${output}`).join('\n');
      throw new Error(`${deed.name}, ${nameOf(blow)}, ${JSON.stringify(when)}\n${told}`, { cause: error });
    } finally {
      await place.ready(blow.containers);
      const left = (await place.engine.docker('ps', '-aq')).split('\n').filter((id) => id !== '');
      if (left.length > 0) await place.engine.docker('rm', '-f', ...left);
      await world.remove();
    }
  };

  const everyTrialOf = async (deed: RestartDeed): Promise<readonly Trial[]> => {
    await place.ready('end');
    const world = await makeWorld(deed);
    const { outcome, moments, tookMs } = await actThrough(deed, world, null);
    expect(outcome.status, outcome.output).toBe(deed.good);
    expect(await ours(world)).toEqual(['']);
    await world.remove();
    console.log(`${deed.name}: ${moments.join(', ')}`);
    return everyTrial(moments.length, tookMs);
  };

  it.each(deeds)('$name: the engine ends in its middle', { timeout: 7_200_000 }, async (deed) => {
    const trials = soak ? await everyTrialOf(deed) : (quick[deed.name] ?? []);
    const failed: unknown[] = [];
    for (const { blow, when } of trials) {
      tally.add(deed.name, nameOf(blow), 1, 1);
      await trial(deed, blow, when).catch((error: unknown) => {
        tally.lose(deed.name);
        failed.push(error);
      });
    }
    if (failed.length > 0) throw new AggregateError(failed, failed.map(String).join('\n'));
  });

  it('a watch goes on, and says once what happened', async () => {
    await place.ready('end');
    const world = await makeTrialWorld(place.image, { signedIn: true });
    await place.signIn(world, 1800_000);
    const clock = movableClock();
    const env = { ...world.temporary.env, DOCKER_HOST: place.engine.host };
    const events: WatchEvent[] = [];
    const watch = createWatch(createPorts({ env, platform: 'linux', clock }), {
      names: [],
      marginMs: 3600_000,
      intervalMs: 300_000,
      seed: null,
      onChange: null,
      metricsFile: null,
      onEvent: (event) => void events.push(event),
    });
    const told = (name: WatchEvent['event']) => events.filter(({ event }) => event === name).length;
    const heard = (name: WatchEvent['event'], times: number) =>
      expect.poll(() => told(name), { timeout: 60_000, interval: 50 }).toBe(times);
    const leaving = new AbortController();
    const reuses = await place.issuer.reuses();

    let struck: Promise<void> | null = null;
    const stop = await place.watch((name) => {
      if (name !== 'asked') return undefined;
      struck ??= place.strike(blow('SIGKILL', 'end', 'at once'));
      return struck;
    });
    const ended = watch.run(leaving.signal);
    await heard('refresh-failed', 1);
    await struck;
    stop();
    clock.jump(61_000);
    await heard('refreshed', 1);
    // In between it has no need of an engine, and does not notice that there was none.
    await place.strike(blow('SIGTERM', 'end', 'at once'));
    clock.jump(7.5 * 3600_000);
    await heard('refreshed', 2);
    leaving.abort();
    await ended;

    expect(told('refresh-failed')).toBe(1);
    expect(events.map((event) => eventJson(event, clock.now())).join('\n')).toMatch(
      /"event":"refresh-failed".*"code":"engine\.\w+"/,
    );
    expect(await ours(world)).toEqual(['']);
    await expectKept(world, 'watch');
    expect(await place.issuer.reuses()).toBe(reuses);
    await world.remove();
  });

  it('login --plain says that the session was cut, and the next one signs in', async () => {
    await place.ready('end');
    const world = await makeTrialWorld(place.image, { signedIn: false });
    const env = { ...world.temporary.env, DOCKER_HOST: place.engine.host };
    const command = [...product, 'login', 'dev', '--plain'];
    const cut = await openTmux({ columns: 120, rows: 40, command, env });
    await cut.waitFor(/Paste code here/, 60_000);
    await place.strike(blow('SIGKILL', 'end', 'at once'));
    await cut.ended(60_000);
    expect((await cut.written()).replaceAll('\n', '')).toMatch(
      /Nobody signed in: .*Fix: .*claude-setup login/,
    );
    await cut.close();

    const next = await openTmux({ columns: 120, rows: 40, command, env });
    await next.waitFor(/Paste code here/, 60_000);
    await next.keys('TESTcode#TESTstate', 'Enter');
    await next.ended(60_000);
    expect(await next.written()).toMatch(/Captured/);
    await next.close();
    expect(await world.stored()).toContain('sk-ant-ort01-');
    expect(await ours(world)).toEqual(['']);
    await world.remove();
  });
});

/** A clock that runs as the machine's, and can be set forward; whoever waits looks at it then. */
const movableClock = (): Clock & { jump(milliseconds: number): void } => {
  let ahead = 0;
  let jumped = new AbortController();
  return {
    now: () => systemClock.now() + ahead,
    async wait(milliseconds, signal) {
      const sooner = [jumped.signal, ...(signal === undefined ? [] : [signal])];
      await systemClock.wait(milliseconds, AbortSignal.any(sooner)).catch(() => signal?.throwIfAborted());
    },
    jump(milliseconds) {
      ahead += milliseconds;
      jumped.abort();
      jumped = new AbortController();
    },
  };
};
