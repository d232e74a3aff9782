import { describe, expect, it } from 'vitest';
import { expectFailure, unwrap } from '../support/results.ts';
import { setup } from './apply-world.ts';

describe('--restart', () => {
  const compose = async (
    { world }: ReturnType<typeof setup>,
    service: string,
    project: string,
    file = `/srv/${project}/compose.yaml`,
  ) => {
    world.engine.images.set('app', { id: 'sha256:2', tags: ['app'], createdAt: 0, size: 1, labels: {} });
    const id = unwrap(
      await world.engine.create({
        name: null,
        image: 'app',
        command: ['app'],
        env: [],
        labels: {
          'com.docker.compose.service': service,
          'com.docker.compose.project': project,
          'com.docker.compose.project.working_dir': `/srv/${project}`,
          'com.docker.compose.project.config_files': file,
        },
        tty: true,
        size: null,
        extraHosts: [],
      }),
    );
    unwrap(await world.engine.start(id));
    return () => world.engine.containers.get(id)?.restarts;
  };

  it('restarts every running container of the service, after the lease is there', async () => {
    const test = setup();
    const all = [await compose(test, 'api', 'shop'), await compose(test, 'api', 'shop')];
    const db = await compose(test, 'db', 'shop');
    expect(unwrap(await test.apply({ restart: ['api'] }))).toMatchObject({ restarted: ['api'] });
    expect(all.map((restarts) => restarts())).toEqual([1, 1]);
    expect(db()).toBe(0);
  });

  it('publishes nothing when the service is not running or not the only one of its name', async () => {
    const test = setup();
    expectFailure(await test.apply({ restart: ['api'] }), 'restart.missing');
    const shop = await compose(test, 'api', 'shop');
    const blog = await compose(test, 'api', 'blog');
    expect(expectFailure(await test.apply({ restart: ['api'] }), 'restart.missing')).toContain('shop');
    expect(test.publications()).toEqual([]);
    unwrap(await test.apply({ restart: ['shop/api'] }));
    unwrap(await test.apply({ restart: ['api'], composeFile: '/srv/blog/compose.yaml' }));
    expect([shop(), blog()]).toEqual([1, 1]);
  });

  it('finds services by a file that Compose 1 has noted as it was given', async () => {
    const test = setup();
    const shop = await compose(test, 'api', 'shop', '../common.yaml,./compose.yaml');
    const blog = await compose(test, 'api', 'blog', 'compose.yaml');
    unwrap(await test.apply({ restart: ['api'], composeFile: '/srv/shop/compose.yaml' }));
    expect([shop(), blog()]).toEqual([1, 0]);
  });

  it('needs an engine', async () => {
    const { world, apply } = setup();
    world.search = () => ({ engine: null, attempts: [] });
    expectFailure(await apply({ restart: ['api'] }), 'engine.missing');
    expect(world.published.writes).toBe(0);
  });
});
