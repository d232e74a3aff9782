import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../../src/domain/failure.ts';
import type { AuthStore } from '../../../src/ports/auth-store.ts';
import { copyDisk } from '../../support/disk-state.ts';
import { Crash, type FaultPlan, faultyFileSystem } from '../../support/faulty-file-system.ts';
import { type LoginChange, type LoginGround, makeLoginGround } from '../../support/login-changes.ts';
import { unwrap } from '../../support/results.ts';
import { soak, soakLimitMs, stride } from '../../support/soak.ts';
import { createTally } from '../../support/tally.ts';

let ground: LoginGround;
beforeAll(async () => {
  ground = await makeLoginGround();
});
const tally = createTally('changes of a login');
afterAll(async () => {
  tally.print();
  await ground.remove();
});

const noFault: Pick<FaultPlan, 'at' | 'fault'> = { at: 0, fault: { kind: 'crash' } };

/** The disk of a change, looked at by a reader after every single step. */
const faulty = (change: LoginChange, plan: Pick<FaultPlan, 'at' | 'fault'>) =>
  faultyFileSystem({
    ...plan,
    afterStep: () => ground.expectWholeLogin(change),
    ...(change.always ? { always: change.always } : {}),
  });

/** What a later process works with: the same disk, in good health. */
const healthy = (change: LoginChange) =>
  ground.store(change.always ? faulty(change, noFault).files : undefined);

const crashed = (error: unknown): 'crashed' => {
  if (error instanceof Crash) return 'crashed';
  throw error;
};

interface Trial {
  readonly result: Result<unknown> | 'crashed';
  readonly store: AuthStore;
  readonly inode: number | null;
}

/** Runs a change with a fault at every step, or at every `step`th, until one is not reached any more. How many there were. */
const atEveryStep = async (
  change: LoginChange,
  step: number,
  fault: FaultPlan['fault'],
  judge: (trial: Trial) => Promise<void>,
): Promise<{ readonly trials: number; readonly steps: number }> => {
  for (let at = 1, trials = 1; ; at += step, trials += 1) {
    await change.prepare();
    const inode = ground.inode();
    const { files, steps, disarm } = faulty(change, { at, fault });
    const store = ground.store(files);
    const result = await change.run(store).catch(crashed);
    const taken = steps.length;
    disarm();
    try {
      await judge({ result, store, inode });
    } catch (error) {
      tally.lose(change.name);
      throw new Error(`${JSON.stringify(fault)} at step ${at} (${steps[at - 1]})`, { cause: error });
    }
    if (taken < at) return { trials, steps: taken };
  }
};

describe.each([0, 1, 2, 3, 4])('change %i', (index) => {
  const change = () => {
    const found = ground.changes[index];
    if (found === undefined) throw new Error('no such change');
    return found;
  };

  it('survives a crash at every step', { timeout: soakLimitMs }, async () => {
    const outcomes = { finished: 0, undone: 0, nothing: 0 };
    const { trials, steps } = await atEveryStep(
      change(),
      stride(index === 0 ? 1 : 29),
      { kind: 'crash' },
      async ({ result, inode }) => {
        const recovery = await ground.expectRecovery(change(), healthy(change()), inode);
        if (result !== 'crashed') expect(recovery).toBeNull();
        outcomes[recovery?.outcome ?? 'nothing'] += 1;
      },
    );
    tally.add(change().name, 'crash', trials, steps);
    expect(outcomes.finished).toBeGreaterThan(0);
    expect(outcomes.undone).toBeGreaterThan(0);
  });

  it.each(['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'ESTALE', 'EBUSY'])(
    'survives %s at every step',
    { timeout: soakLimitMs },
    async (code) => {
      for (const lasting of [false, true]) {
        let failures = 0;
        const { trials, steps } = await atEveryStep(
          change(),
          stride(index === 0 ? 37 : 101),
          { kind: 'error', code, lasting },
          async ({ result, store, inode }) => {
            if (result !== 'crashed' && !result.ok) failures += 1;
            // This process clears up, or a later one does.
            await ground.expectRecovery(change(), lasting ? healthy(change()) : store, inode);
          },
        );
        tally.add(change().name, code, trials, steps);
        expect(failures).toBeGreaterThanOrEqual(trials / 3);
      }
    },
  );

  if (index === 0 || soak)
    it('survives a crash at every step of a recovery (others than the first: in a soak)', {
      timeout: soakLimitMs,
    }, async () => {
      const left = join(ground.place, '..', 'left');
      let trials = 0;
      await atEveryStep(change(), stride(79), { kind: 'crash' }, async ({ result }) => {
        if (result !== 'crashed') return;
        rmSync(left, { recursive: true, force: true });
        copyDisk(ground.place, left);
        for (let at = 1; ; at += 1) {
          rmSync(ground.place, { recursive: true, force: true });
          copyDisk(left, ground.place);
          const { files, steps } = faulty(change(), { at, fault: { kind: 'crash' } });
          await ground.store(files).recover(ground.authDir).catch(crashed);
          unwrap(await healthy(change()).recover(ground.authDir));
          ground.expectWhole(change());
          trials += 1;
          if (steps.length < at) break;
        }
      });
      tally.add(change().name, 'crash of a recovery', trials, 0);
      expect(trials).toBeGreaterThan(20);
    });
});
