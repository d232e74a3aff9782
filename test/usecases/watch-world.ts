import { expect } from 'vitest';
import type { WatchEvent } from '../../src/domain/watch/events.ts';
import { createWatch, type WatchInput } from '../../src/usecases/watch.ts';
import { unwrap } from '../support/results.ts';
import { changeLogin, createFakeWorld, startOfTest } from '../tui/fake-world.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;
export const credentials = '.credentials.json';

/** A watch over all profiles that tells nobody. */
export const quietWatch: WatchInput = {
  names: [],
  marginMs: hour,
  intervalMs: 5 * minute,
  seed: null,
  onChange: null,
  metricsFile: null,
  onEvent: () => {},
};

export const setup = (options: Partial<WatchInput> = {}, profiles: readonly string[] = ['dev']) => {
  const world = createFakeWorld();
  world.addImage();
  for (const name of profiles) world.addProfile(name);
  const filesOf = (name: string) => world.store.directory(`/home/ada/.claude-auth-${name}`);
  let renewed = 0;
  /** When the issuer was asked, in hours since the start. */
  const askedAt: number[] = [];
  const answer = (lifetime = 8 * hour) =>
    world.runtime.refreshes(({ files }) => {
      renewed += 1;
      const now = world.ports.clock.now();
      askedAt.push((now - startOfTest) / hour);
      changeLogin(files, {
        accessToken: `sk-ant-oat01-TEST-renewed-${renewed}`,
        refreshToken: `sk-ant-ort01-TEST-renewed-${renewed}`,
        expiresAt: now + lifetime,
      });
    });
  answer();
  const events: WatchEvent[] = [];
  const watch = createWatch(world.ports, {
    ...quietWatch,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const stopping = new AbortController();
  let ended = false;
  const run = () => {
    void watch.run(stopping.signal).finally(() => {
      ended = true;
    });
  };
  const settle = async () => {
    for (let turn = 0; turn < 60; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    world,
    watch,
    events,
    askedAt,
    filesOf,
    answer,
    run,
    settle,
    names: () => events.map(({ event }) => event),
    pass: async () => unwrap(await watch.pass(stopping.signal)),
    /** Lets so much time go by, as the clock would. */
    async elapse(milliseconds: number, step = 15_000) {
      await settle();
      for (let gone = 0; gone < milliseconds; gone += step) {
        world.clock.advance(step);
        for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      }
      await settle();
    },
    async stop() {
      stopping.abort();
      await expect.poll(() => ended).toBe(true);
    },
  };
};
