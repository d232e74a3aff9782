import { describe, expect, it } from 'vitest';
import { expectFailure, unwrap } from '../support/results.ts';
import { startOfTest } from '../tui/fake-world.ts';
import { credentials, hour, setup, to } from './apply-world.ts';

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
