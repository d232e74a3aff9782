import { describe, expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { changeLogin, oauthOf, startOfTest } from '../tui/fake-world.ts';
import { credentials, hour, setup } from './apply-world.ts';

describe('a full login', () => {
  it('has one holder', async () => {
    const { apply, there } = setup();
    unwrap(await apply({ full: true }));
    expect(there().refreshToken).toBe('sk-ant-ort01-TEST-dev');
    expectFailure(await apply({ full: true, directory: '/srv/other' }), 'publish.refused');
    unwrap(await apply({ directory: '/srv/other' }));
  });

  it('is taken back before the next refresh when its holder has refreshed, each time', async () => {
    const { world, apply, refresh, holder, tokens, stored, there } = setup();
    unwrap(await apply({ full: true }));
    for (const name of ['held-1', 'held-2', 'held-3']) {
      world.clock.advance(hour);
      holder(tokens(name, world.ports.clock.now() + 8 * hour));
      expect(unwrap(await refresh(hour))).toMatchObject({ outcome: 'fresh' });
      expect(stored()).toMatchObject({ refreshToken: `sk-ant-ort01-TEST-${name}` });
    }
    world.clock.advance(hour);
    unwrap(await refresh());
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-renewed-1');
    expect(there().refreshToken).toBe('sk-ant-ort01-TEST-renewed-1');
  });

  it('is a lease while we refresh, so that nobody is left with a spent refresh token', async () => {
    const { world, apply, refresh, there } = setup();
    unwrap(await apply({ full: true }));
    const seen: unknown[] = [];
    world.runtime.refreshes(() => {
      seen.push(there().refreshToken);
      world.clock.advance(30_000);
    });
    expectFailure(await refresh(), 'refresh.unanswered');
    expect(seen).toEqual([undefined]);
    // It stays one: the issuer may have given new tokens that nobody heard of.
    expect(there()).toMatchObject({ accessToken: 'sk-ant-oat01-TEST-dev' });
    expect(there()).not.toHaveProperty('refreshToken');
    unwrap(await refresh(hour));
    expect(there().refreshToken).toBe('sk-ant-ort01-TEST-dev');
  });

  it('whose holder refreshes just before we do is taken back all the same', async () => {
    const { world, apply, refresh, holder, tokens, stored } = setup();
    unwrap(await apply({ full: true }));
    const write = world.published.write;
    world.published.write = async (...args) => {
      const done = await write(...args);
      world.published.write = write;
      // The holder's CLI had the token in its memory, and writes what it got.
      holder(tokens('raced', startOfTest + 9 * hour));
      return done;
    };
    let asked: unknown = null;
    world.runtime.refreshes((copy) => {
      asked = oauthOf(copy.files).refreshToken;
      changeLogin(copy.files, tokens('ours', startOfTest + 10 * hour));
    });
    unwrap(await refresh());
    expect(asked).toBe('sk-ant-ort01-TEST-raced');
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-ours');
  });

  it.each([
    ['blanked', { accessToken: '', refreshToken: '', expiresAt: 0 }],
    [
      'older',
      {
        accessToken: 'sk-ant-oat01-TEST-x',
        refreshToken: 'sk-ant-ort01-TEST-x',
        expiresAt: startOfTest + hour,
      },
    ],
    ['without a refresh token', { accessToken: 'sk-ant-oat01-TEST-x', refreshToken: null }],
  ])('is not taken back when it is %s', async (_what, oauth) => {
    const { apply, refresh, holder, stored, there } = setup();
    unwrap(await apply({ full: true }));
    holder(oauth);
    unwrap(await refresh(hour));
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-dev');
    expect(there().refreshToken).toBe('sk-ant-ort01-TEST-dev');
  });

  it('is not taken back when it is malformed or of another account', async () => {
    const { world, profile, apply, refresh, published, holder, tokens, stored } = setup();
    world.store.directory(profile.authDir).set('.claude.json', '{"oauthAccount": {"accountUuid": "mine"}}');
    unwrap(await apply({ full: true }));
    published.set(credentials, '{"claudeAiOauth": {"accessTo');
    unwrap(await refresh(hour));
    holder(tokens('other', startOfTest + 9 * hour));
    published.set('.claude.json', '{"oauthAccount": {"accountUuid": "other"}}');
    const done = unwrap(await refresh(hour));
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-dev');
    expect(done.published).toMatchObject([{ outcome: 'failed', failure: { code: 'publish.refused' } }]);
  });

  it('of before a new sign-in is not taken back, whatever its holder makes of it', async () => {
    const { apply, refresh, holder, store, tokens, stored, there } = setup();
    unwrap(await apply({ full: true }));
    store(tokens('signed-in-again', startOfTest + 8 * hour));
    holder(tokens('held', startOfTest + 9 * hour));
    unwrap(await refresh(hour));
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-signed-in-again');
    expect(there().refreshToken).toBe('sk-ant-ort01-TEST-signed-in-again');
  });

  it('becomes a lease, with what its holder has made of it taken back first', async () => {
    const { apply, holder, tokens, stored, there, publications } = setup();
    unwrap(await apply({ full: true }));
    holder(tokens('held', startOfTest + 9 * hour));
    unwrap(await apply());
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-held');
    expect(there()).not.toHaveProperty('refreshToken');
    expect(publications()).toMatchObject([{ full: false }]);
  });

  it('stops a refresh when its directory can not be looked at', async () => {
    const { world, apply, refresh, stored } = setup();
    unwrap(await apply({ full: true }));
    world.published.look = async () => fail('directory.unreadable', 'Not read', 'EIO', 'look at the disk');
    expectFailure(await refresh(), 'directory.unreadable');
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-dev');
  });
});
