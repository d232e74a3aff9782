import { describe, expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { startOfTest } from '../tui/fake-world.ts';
import { credentials, hour, setup, to } from './apply-world.ts';

describe('a lease', () => {
  it('is written without the refresh token, and kept fresh by every refresh', async () => {
    const { apply, refresh, there, publications } = setup();
    expect(unwrap(await apply())).toMatchObject({ outcome: 'written', expiresAt: startOfTest + 8 * hour });
    expect(there()).toMatchObject({ accessToken: 'sk-ant-oat01-TEST-dev' });
    expect(there()).not.toHaveProperty('refreshToken');
    expect(publications()).toMatchObject([{ profile: 'dev', directory: to, full: false }]);
    expect(unwrap(await refresh())).toMatchObject({ published: [{ directory: to, outcome: 'written' }] });
    expect(there()).toMatchObject({ accessToken: 'sk-ant-oat01-TEST-renewed-1' });
  });

  it('is refreshed first when little is left', async () => {
    const { apply, store, there } = setup();
    store({ expiresAt: startOfTest + 60_000 });
    unwrap(await apply());
    expect(there().accessToken).toBe('sk-ant-oat01-TEST-renewed-1');
  });

  it('applied again changes nothing', async () => {
    const { world, apply, publications } = setup();
    unwrap(await apply());
    const [before, { writes }] = [publications(), world.published];
    expect(unwrap(await apply())).toMatchObject({ outcome: 'current' });
    expect([publications(), world.published.writes]).toEqual([before, writes]);
  });

  it('is written again for another owner', async () => {
    const { world, apply } = setup();
    unwrap(await apply());
    unwrap(await apply({ owner: { uid: 1001, gid: 1001 } }));
    expect(world.published.owners.get(to)).toEqual({ uid: 1001, gid: 1001 });
  });

  it("leaves what the containers' CLI keeps there", async () => {
    const { apply, refresh, published } = setup();
    unwrap(await apply());
    const login = JSON.parse(published.get(credentials) ?? '');
    published.set(credentials, JSON.stringify({ ...login, mcpOAuth: { own: 1 } }));
    published.set('.claude.json', '{"numStartups": 3}');
    unwrap(await refresh());
    expect(JSON.parse(published.get(credentials) ?? '')).toMatchObject({
      mcpOAuth: { own: 1 },
      claudeAiOauth: { accessToken: 'sk-ant-oat01-TEST-renewed-1' },
    });
    expect(published.get('.claude.json')).toBe('{"numStartups": 3}');
  });

  it('of a long-lived token is written too', async () => {
    const { world, profile, apply, there } = setup();
    world.store.directory(profile.authDir).delete(credentials);
    world.store.directory(profile.authDir).set('oauth-token', 'sk-ant-oat01-TEST-long-lived\n');
    unwrap(await apply());
    expect(there()).toMatchObject({ accessToken: 'sk-ant-oat01-TEST-long-lived' });
    expectFailure(await apply({ full: true, directory: '/srv/other' }), 'login.missing');
  });

  it('registers nothing when it could not be written', async () => {
    const { world, apply, publications } = setup();
    world.published.failWrite(fail('disk.full', 'Not written', 'the disk is full', 'free some').failure);
    expectFailure(await apply(), 'disk.full');
    expect(publications()).toEqual([]);
  });
});

describe('what it refuses', () => {
  it("is a profile's auth directory and what is in it", async () => {
    const { apply, profile, other } = setup();
    expectFailure(await apply({ directory: profile.authDir }), 'publish.refused');
    expectFailure(await apply({ directory: `${other.authDir}/inside` }), 'publish.refused');
  });

  it("is somebody's login, with and without --full", async () => {
    const { apply, published, tokens, publications } = setup();
    const text = JSON.stringify({ claudeAiOauth: tokens('somebody', startOfTest + hour) });
    published.set(credentials, text);
    expect(expectFailure(await apply(), 'publish.refused')).toContain('login of its own');
    expectFailure(await apply({ full: true }), 'publish.refused');
    expect([published.get(credentials), publications()]).toEqual([text, []]);
  });

  it('is a directory of another profile', async () => {
    const { apply, other } = setup();
    unwrap(await apply());
    expect(expectFailure(await apply({ profile: other }), 'publish.refused')).toContain('unapply dev');
  });

  it('but not a copy of the same login, which a lease makes harmless', async () => {
    const { apply, published, stored, there } = setup();
    published.set(credentials, JSON.stringify({ claudeAiOauth: stored() }));
    unwrap(await apply());
    expect(there()).not.toHaveProperty('refreshToken');
  });

  it('is to write over a login that somebody made in a container, at a refresh', async () => {
    const { apply, refresh, published, tokens, there } = setup();
    unwrap(await apply());
    published.set(credentials, JSON.stringify({ claudeAiOauth: tokens('in-container', startOfTest + hour) }));
    expect(unwrap(await refresh())).toMatchObject({
      published: [{ outcome: 'failed', failure: { code: 'publish.refused' } }],
    });
    expect(there().accessToken).toBe('sk-ant-oat01-TEST-in-container');
  });
});
