import { describe, expect, it, vi } from 'vitest';
import { ok } from '../../../src/domain/failure.ts';
import { changeLogin, startOfTest } from '../fake-world.ts';
import { keys, openApp } from '../open-app.tsx';
import { hour, start, threeProfiles } from './dashboard-world.ts';

describe('refreshing', () => {
  const refreshing = () => {
    const world = threeProfiles();
    world.addImage();
    return { world, app: openApp(world, { start }) };
  };

  it('goes on in the row, and says there how it went', async () => {
    const { world, app } = refreshing();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.runtime.refreshes((copy) => {
      copy.settled = () => promise.then(() => ok(true));
      changeLogin(copy.files, {
        accessToken: 'sk-ant-oat01-TEST-renewed',
        refreshToken: 'sk-ant-ort01-TEST-renewed',
        expiresAt: startOfTest + 11 * hour,
      });
    });
    await app.waitFor('staging');
    await app.type('r');
    await app.waitFor('⠋ dev (default)  refreshing');
    await app.waitFor('Having the CLI refresh dev (0:00)');
    expect(app.frame()).toContain('r stop');
    await app.type(keys.down);
    await app.waitFor('❯ ✖ staging');
    resolve();
    await app.waitFor('✔ dev (default)  refreshed');
    await app.waitFor('11 h');
    await app.type(keys.up);
    await app.waitFor('Refreshed: the access token is good for 11 h');
    await vi.waitFor(
      () => {
        world.clock.advance(1000);
        expect(app.frame()).toMatch(/dev \(default\) +fine/);
      },
      { timeout: 5000 },
    );
  });

  it('says why it did not work, and takes that to the troubles', async () => {
    const { world, app } = refreshing();
    world.runtime.failRefresh({
      code: 'engine.lost',
      what: 'The container was not started',
      why: 'the engine went away',
      fix: 'start it',
    });
    await app.waitFor('staging');
    await app.type('r');
    await app.waitFor('✖ dev (default)  not refreshed');
    expect(app.frame()).toContain('the engine went away. Fix: start it');
    await app.type('t');
    await app.waitFor('troubleshooting, dev');
  });
});
