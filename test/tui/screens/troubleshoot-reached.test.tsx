import { describe, expect, it, vi } from 'vitest';
import { fail } from '../../../src/domain/failure.ts';
import { createFakeWorld, readyWorld } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';

describe('the troubleshooting screen', () => {
  it('is reached from the dashboard and goes back there', async () => {
    const world = readyWorld();
    world.addProfile('staging', { signedIn: false });
    const app = openApp(world, { start: { screen: 'dashboard' } });
    await app.waitFor('staging');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    await app.type('t');
    await app.waitFor('troubleshooting, staging');
    await app.waitFor('The directory is not there');
    await app.type(keys.escape);
    await app.waitFor('Your profiles');
  });

  it('is reached from a failure of the wizard and goes back there', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    world.engine.build.hold();
    const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' } });
    await app.waitFor('The setup image');
    await app.type(keys.enter);
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    world.engine.build.fail(
      fail('image.network', 'Nothing can be downloaded', 'ENOTFOUND', 'check the network').failure,
    );
    await app.waitFor('t what is wrong?');
    await app.type('t');
    await app.waitFor('The image build stops because nothing can be downloaded');
    await app.type(keys.escape);
    await app.waitFor('The setup image');
  });
});
