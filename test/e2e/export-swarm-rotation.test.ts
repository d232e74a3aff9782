import { expect, it } from 'vitest';
import { makeSwarmWorld, whyNoSwarmWorld } from './swarm-world.ts';

const reason = await whyNoSwarmWorld();
const replicas = Number(process.env.CLAUDE_SETUP_TEST_REPLICAS || 10);
/** How long the first lease is good, in seconds: time for two rounds of starting every replica. */
const firstLeaseS = 30 + 3 * replicas;

it.skipIf(reason !== null)(
  `${reason ?? 'a swarm of one node'}: ${replicas} replicas are rotated, none of them ever without a valid lease`,
  async () => {
    await using world = await inScope();
    const { issuer, swarm, push, seen, createService } = world;
    await issuer.behave({ expiresIn: firstLeaseS });
    await createService('worker');
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

    // On until the first lease has ended: whoever still had it would see that.
    await expect
      .poll(async () => Math.max(...(await seen()).map(({ last }) => last)), {
        timeout: (firstLeaseS + 30) * 1000,
        interval: 250,
      })
      .toBeGreaterThan(firstEnd + 1000);
    const all = await seen();
    expect(all).toHaveLength(2 * replicas);
    expect(all.flatMap(({ bad }) => bad)).toEqual([]);
    for (const { file, directory, logins } of all) {
      expect([file, directory]).toEqual(['1000:1000 400', '1000:1000 700']);
      expect(logins).toHaveLength(1);
    }
    expect(new Set(all.flatMap(({ logins }) => logins)).size).toBe(2);
    // Whenever one came or went, as many as are wanted were there: the new one is started first.
    const moments = all.flatMap((one) => [one.first, one.last]).filter((at) => at >= allUp && at < firstEnd);
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
