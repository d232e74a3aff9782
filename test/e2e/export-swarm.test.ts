import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../src/domain/export/export-format.ts';
import { product } from './product.ts';
import { makeSwarmWorld, type SwarmWorld, whyNoSwarmWorld } from './swarm-world.ts';

const reason = await whyNoSwarmWorld();

describe.skipIf(reason !== null)(
  reason ?? 'a swarm of one node, with the real CLI and a stand-in issuer',
  () => {
    let world: SwarmWorld;

    beforeAll(async () => {
      world = await makeSwarmWorld();
      await world.createService('worker');
      await world.swarm.docker('service', 'scale', '--detach', 'worker=1');
    }, 180_000);
    afterAll(() => world?.close(), 60_000);

    const runningTasks = async (service: string) =>
      (await world.swarm.docker('service', 'ps', '-q', '--filter', 'desired-state=running', service))
        .split('\n')
        .sort();

    it('does nothing when nothing changed', async () => {
      expect(await world.push()).toMatchObject({ status: 0, report: { services: [{ outcome: 'updated' }] } });
      const before = [await runningTasks('worker'), await world.secretNames('login')];
      expect(await world.push()).toMatchObject({
        status: 0,
        report: { services: [{ outcome: 'current' }], removed: [] },
      });
      expect([await runningTasks('worker'), await world.secretNames('login')]).toEqual(before);
    }, 60_000);

    it('its containers have no capability, no root and limits, and no token is in what the engine says of them', async () => {
      const [task = ''] = await runningTasks('worker');
      const of = '{{.Status.ContainerStatus.ContainerID}}';
      const id = await world.swarm.docker('inspect', '--type', 'task', '--format', of, task);
      const container = await world.swarm.docker('inspect', '--type', 'container', id);
      const [{ Config, HostConfig }] = JSON.parse(container);
      expect(Config.User).toBe('1000:1000');
      expect(HostConfig).toMatchObject({
        Privileged: false,
        CapDrop: ['ALL'],
        Init: true,
        PidsLimit: limits.processes,
        Memory: 2 * 1024 ** 3,
      });
      for (const name of ['CapAdd', 'Devices', 'SecurityOpt'])
        expect(HostConfig[name] ?? [], name).toEqual([]);
      const kernel = await world.swarm.docker('exec', id, 'cat', '/proc/1/status');
      expect(kernel).toMatch(/^CapBnd:\s+0{16}$/m);
      expect(kernel).toMatch(/^Seccomp:\s+2$/m);
      const service = await world.swarm.docker('service', 'inspect', 'worker');
      const secrets = await world.swarm.docker('secret', 'inspect', ...(await world.secretNames('login')));
      for (const said of [container, service, secrets]) expect(said).not.toMatch(/sk-ant-|c2stYW50/);
    });

    it('rotates from the hook of a watch, and keeps only the last two versions', async () => {
      const hook = `${product.join(' ')} export prod --format swarm --push`;
      const versions: (readonly string[])[] = [await world.secretNames('login')];
      for (let round = 0; round < 2; round += 1) {
        const watched = await world.run('watch', 'prod', '--once', '--margin', '9h', '--on-change', hook);
        expect(watched.stdout + watched.stderr).not.toContain('sk-ant-');
        expect(watched).toMatchObject({ status: 0 });
        versions.push(await world.secretNames('login'));
      }
      const [first = [], second = [], third = []] = versions;
      expect([first.length, second.length, third.length]).toEqual([1, 2, 2]);
      expect(third).not.toContain(first[0]);
    }, 120_000);

    it('two pushes at once end as one', async () => {
      expect(await world.run('refresh', 'prod', '--force')).toMatchObject({ status: 0 });
      const [one, other] = await Promise.all([world.push(), world.push()]);
      expect([one.status, other.status]).toEqual([0, 0]);
      expect(one.report.secrets).toEqual(other.report.secrets);
      expect(await world.secretNames('login')).toHaveLength(2);
    }, 60_000);

    it('takes an update back that its containers do not survive', async () => {
      await world.swarm.docker('service', 'rm', 'worker');
      await world.createService('picky', '--env', 'ONLY_LOGIN=1', '--restart-condition', 'none');
      const first = await world.push();
      expect(first.report.services).toEqual([{ name: 'picky', outcome: 'updated' }]);
      await world.swarm.docker('service', 'scale', 'picky=1');
      expect(await world.run('refresh', 'prod', '--force')).toMatchObject({ status: 0 });
      const failed = await world.push();
      expect(failed.status).toBe(1);
      expect(failed.report.services).toEqual([
        { name: 'picky', outcome: 'failed', error: expect.objectContaining({ code: 'swarm.update-failed' }) },
      ]);
      const [inspected] = JSON.parse(await world.swarm.docker('service', 'inspect', 'picky'));
      const names = inspected.Spec.TaskTemplate.ContainerSpec.Secrets.map(
        ({ SecretName }: { SecretName: string }) => SecretName,
      );
      expect(names.toSorted()).toEqual(first.report.secrets.toSorted());
      expect(await world.secretNames('login')).toContain(first.report.secrets[0]);
    }, 120_000);
  },
);
