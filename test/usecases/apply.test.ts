import { describe, expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { type ApplyInput, apply } from '../../src/usecases/apply.ts';
import { refresh } from '../../src/usecases/refresh.ts';
import { unapply } from '../../src/usecases/unapply.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, startOfTest } from '../tui/fake-world.ts';

const hour = 3600_000;
const never = new AbortController().signal;
const credentials = '.credentials.json';
const to = '/srv/claude';

const setup = () => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const other = world.addProfile('test');
  const files = world.store.directory(profile.authDir);
  let renewed = 0;
  const oauthIn = (text: string | null | undefined) => JSON.parse(text ?? '{}').claudeAiOauth;
  const tokens = (name: string, expiresAt: number) => ({
    accessToken: `sk-ant-oat01-TEST-${name}`,
    refreshToken: `sk-ant-ort01-TEST-${name}`,
    expiresAt,
  });
  const store = (oauth: object) => {
    const now = oauthIn(files.text(credentials));
    files.set(credentials, JSON.stringify({ claudeAiOauth: { ...now, ...oauth } }));
  };
  world.runtime.refreshes((copy) => {
    renewed += 1;
    const now = oauthIn(copy.files.text(credentials));
    const fresh = tokens(`renewed-${renewed}`, world.ports.clock.now() + 8 * hour);
    copy.files.set(credentials, JSON.stringify({ claudeAiOauth: { ...now, ...fresh } }));
  });
  const published = world.published.directory(to);
  return {
    world,
    profile,
    other,
    published,
    tokens,
    store,
    stored: () => oauthIn(files.text(credentials)),
    there: () => oauthIn(published.get(credentials)),
    /** What the CLI of a container makes of the published login. */
    holder: (oauth: object) =>
      published.set(
        credentials,
        JSON.stringify({ claudeAiOauth: { ...oauthIn(published.get(credentials)), ...oauth } }),
      ),
    publications: () => world.config.publications ?? [],
    apply: (input: Partial<ApplyInput> = {}) =>
      apply(
        world.ports,
        { profile, directory: to, full: false, owner: null, restart: [], composeFile: null, ...input },
        () => {},
        never,
      ),
    refresh: (marginMs: number | null = null) => refresh(world.ports, { profile, marginMs }, () => {}, never),
    unapply: (directory: string | null = to) => unapply(world.ports, { profile, directory }, never),
  };
};

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
      const { claudeAiOauth } = JSON.parse(copy.files.text(credentials) ?? '');
      asked = claudeAiOauth.refreshToken;
      copy.files.set(
        credentials,
        JSON.stringify({ claudeAiOauth: { ...claudeAiOauth, ...tokens('ours', startOfTest + 10 * hour) } }),
      );
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

describe('unapply', () => {
  it('removes what is still as it was written, and the registration', async () => {
    const { apply, unapply, published, publications } = setup();
    unwrap(await apply());
    published.set('notes.txt', 'mine');
    expect(unwrap(await unapply())).toEqual([
      { directory: to, removed: [credentials, '.claude.json'], left: [] },
    ]);
    expect([...published.keys()]).toEqual(['notes.txt']);
    expect(publications()).toEqual([]);
    expectFailure(await unapply(), 'publish.unknown');
  });

  it('leaves what others have put there', async () => {
    const { apply, unapply, published, tokens } = setup();
    unwrap(await apply());
    const login = JSON.stringify({ claudeAiOauth: tokens('somebody', startOfTest) });
    published.set(credentials, login);
    published.set('.claude.json', '{"numStartups": 3}');
    expect(unwrap(await unapply())).toMatchObject([{ removed: [], left: [credentials, '.claude.json'] }]);
    expect(published.get(credentials)).toBe(login);
  });

  it("takes the login out of a file that holds the containers' own ones too", async () => {
    const { apply, unapply, published } = setup();
    unwrap(await apply());
    const login = JSON.parse(published.get(credentials) ?? '');
    published.set(credentials, JSON.stringify({ ...login, mcpOAuth: { own: 1 } }));
    unwrap(await unapply());
    expect(JSON.parse(published.get(credentials) ?? '')).toEqual({ mcpOAuth: { own: 1 } });
  });

  it('takes back what the holder of a full login has made of it', async () => {
    const { apply, unapply, holder, tokens, stored, published } = setup();
    unwrap(await apply({ full: true }));
    holder(tokens('held', startOfTest + 9 * hour));
    expect(unwrap(await unapply())).toMatchObject([{ removed: [credentials, '.claude.json'] }]);
    expect(stored().refreshToken).toBe('sk-ant-ort01-TEST-held');
    expect([...published.keys()]).toEqual([]);
  });

  it('without a directory takes back all of the profile, and nothing of others', async () => {
    const { apply, other, unapply, publications } = setup();
    unwrap(await apply());
    unwrap(await apply({ directory: '/srv/second' }));
    unwrap(await apply({ directory: '/srv/third', profile: other }));
    expect(unwrap(await unapply(null)).map(({ directory }) => directory)).toEqual([to, '/srv/second']);
    expect(publications()).toMatchObject([{ profile: 'test', directory: '/srv/third' }]);
  });
});

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

  it('needs an engine', async () => {
    const { world, apply } = setup();
    world.search = () => ({ engine: null, attempts: [] });
    expectFailure(await apply({ restart: ['api'] }), 'engine.missing');
    expect(world.published.writes).toBe(0);
  });
});
