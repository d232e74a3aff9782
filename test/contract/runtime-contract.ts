import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Profile, RuntimeKind } from '../../src/domain/profile.ts';
import type { Runtime } from '../../src/ports/runtime.ts';
import { unwrap } from '../support/results.ts';
import { cliContract } from './cli-contract.ts';
import { signInContract } from './sign-in-contract.ts';

/** A runtime whose `claude` is the stand-in CLI (support/stand-in-cli). */
export interface RuntimeWorld {
  /** The runtime as a fresh process of the same person would make it. */
  runtime(): Runtime;
  /** The same place with another settings home. */
  stranger(): Runtime;
  /** The same settings home with a `claude` that shows nothing and never ends (`STAND_IN_MODE=hang`). */
  hanging(): Runtime;
  /** Whether a session goes on without the process that started it, so that another can attach to it. */
  readonly sessionsSurvive: boolean;
  /** Names of everything that the runtimes of this world have made and not removed. */
  leftovers(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What a test is about: the world of all of them, and a profile of its own. */
export interface Subject {
  readonly world: RuntimeWorld;
  readonly profile: Profile;
}

const size = { columns: 80, rows: 24 };
const never = new AbortController().signal;

/** What every Runtime does; `kind` is what it calls itself. */
export const runtimeContract = (kind: RuntimeKind, makeWorld: () => Promise<RuntimeWorld>): void => {
  describe(`runtime contract: ${kind}`, () => {
    let world: RuntimeWorld;
    let profile: Profile;
    let count = 0;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world?.close());
    beforeEach(() => {
      count += 1;
      profile = { name: `contract-${count}`, authDir: '/nowhere', runtime: kind, leaveOut: null };
    });
    // Whatever a test did, its end has to leave the place clean; that is a check of `remove` in every one of them.
    afterEach(async () => {
      const runtime = world.runtime();
      for (const run of unwrap(await runtime.findSignIns(profile.name, size))) unwrap(await run.remove());
      for (const copy of unwrap(await runtime.findWorkingCopies(profile.name))) unwrap(await copy.remove());
      await vi.waitFor(async () => expect(await world.leftovers()).toEqual([]), { timeout: 10_000 });
    });

    it('gets ready and says in a line what it runs', async () => {
      const runtime = world.runtime();
      expect(runtime.kind).toBe(kind);
      expect(unwrap(await runtime.prepare(() => {}, never)).description).toMatch(/^[^\p{C}]+$/u);
    });
    const subject: Subject = {
      get world() {
        return world;
      },
      get profile() {
        return profile;
      },
    };
    signInContract(subject);
    cliContract(subject);
  });
};
