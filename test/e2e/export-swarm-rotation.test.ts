import { expect, it } from 'vitest';
import { makeSwarmWorld, whyNoSwarmWorld } from './swarm-world.ts';

const reason = await whyNoSwarmWorld();
const replicas = Number(process.env.CLAUDE_SETUP_TEST_REPLICAS || 10);
/** How long the first lease is good, in seconds. When it is given, the test goes on past its end, with whoever still has it. */
const givenLeaseS = Number(process.env.CLAUDE_SETUP_TEST_LEASE_S || 0);

it.skipIf(reason !== null)(
  `${reason ?? 'a swarm of one node'}: ${replicas} replicas are rotated, none of them ever without a valid lease`,
  async () => {
    await using world = await inScope();
    const { issuer, swarm, push, seen, createService } = world;
    await issuer.behave({ expiresIn: givenLeaseS || 600 });
    // A container counts from its first look on, not from the start of its process.
    const health = `--health-cmd 'test -e /records/$(cat /etc/hostname).json' --health-interval 250ms`;
    await createService('worker', health);
    const first = await push();
    expect(first).toMatchObject({
      status: 0,
      report: { services: [{ name: 'worker', outcome: 'updated' }] },
    });
    await swarm.docker('service', 'scale', `worker=${replicas}`);
    await expect.poll(async () => (await seen()).length, { timeout: 60_000 }).toBe(replicas);
    const allUp = Date.now();

    await issuer.behave({ expiresIn: 8 * 3600 });
    const started = performance.now();
    const rotated = await push();
    const took = performance.now() - started;
    expect(rotated).toMatchObject({
      status: 0,
      report: { services: [{ name: 'worker', outcome: 'updated' }] },
    });
    expect(rotated.report.secrets).not.toEqual(first.report.secrets);
    const firstEnd = Date.parse(first.report.endsAt);
    const left = firstEnd - Date.now();
    expect(left).toBeGreaterThan(0);

    const until = givenLeaseS > 0 ? firstEnd + 1000 : Date.now() + 2000;
    const isStaying = ({ last }: { readonly last: number }) => last > until;
    await expect
      .poll(async () => (await seen()).filter(isStaying).length, {
        timeout: (givenLeaseS + 60) * 1000,
        interval: 250,
      })
      .toBe(replicas);
    const all = await seen();
    expect(all).toHaveLength(2 * replicas);
    expect(all.flatMap(({ bad }) => bad)).toEqual([]);
    for (const { file, directory, logins } of all) {
      expect([file, directory]).toEqual(['1000:1000 400', '1000:1000 700']);
      expect(logins).toHaveLength(1);
    }
    const [old, ...others] = new Set(
      all.filter(({ first }) => first <= allUp).flatMap(({ logins }) => logins),
    );
    expect(others).toEqual([]);
    expect(all.filter(isStaying).filter(({ logins }) => logins.includes(old ?? ''))).toEqual([]);
    // Right after one had gone, as many as are wanted were there: the new one is started first.
    const moments = all.filter((one) => !isStaying(one)).map(({ last }) => last + 1);
    const together = (at: number) => all.filter((one) => one.first <= at && at <= one.last).length;
    expect(Math.min(...moments.map(together))).toBeGreaterThanOrEqual(replicas);

    const looks = all.reduce((sum, one) => sum + one.looks, 0);
    process.stdout.write(
      `swarm: ${replicas} replicas in ${(took / 1000).toFixed(1)} s, ${looks} looks, none without a valid lease; the old one ended ${(left / 1000).toFixed(0)} s later\n`,
    );
  },
  300_000,
);

const inScope = async () => {
  const world = await makeSwarmWorld();
  return { ...world, [Symbol.asyncDispose]: () => world.close() };
};
