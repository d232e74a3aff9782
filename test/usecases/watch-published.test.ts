import { expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { blankLogin, changeLogin, putLogin, startOfTest } from '../tui/fake-world.ts';
import { credentials, minute, setup } from './watch-world.ts';

/** A watch over a profile that was published to a directory. */
const published = () => {
  const test = setup();
  const written = { logins: [], states: [] };
  const publication = { profile: 'dev', directory: '/srv/dev', full: false, owner: null, written };
  test.world.config = { ...test.world.config, publications: [publication] };
  return { ...test, lease: () => test.world.published.directory('/srv/dev').get(credentials) ?? '' };
};

it('keeps what was published fresh, also when only a person has signed in', async () => {
  const { world, pass, filesOf, events, lease } = published();
  await pass();
  expect(lease()).toContain('sk-ant-oat01-TEST-dev');
  expect(lease()).not.toContain('ort01');
  putLogin(filesOf('dev'), { token: 'again' });
  await pass();
  expect(lease()).toContain('sk-ant-oat01-TEST-again');
  changeLogin(filesOf('dev'), { expiresAt: startOfTest + minute });
  await pass();
  expect(lease()).toContain('sk-ant-oat01-TEST-renewed-1');
  expect(events.filter(({ event }) => event === 'published')).toHaveLength(3);
  const { writes } = world.published;
  await pass();
  expect(world.published.writes).toBe(writes);
});

it('publishes nothing of a login that was refused', async () => {
  const { world, pass, filesOf, lease } = published();
  await pass();
  putLogin(filesOf('dev'), { token: 'refused' });
  changeLogin(filesOf('dev'), { expiresAt: startOfTest + minute });
  world.runtime.refreshes(({ files }) => blankLogin(files));
  await pass();
  await pass();
  expect(lease()).toContain('sk-ant-oat01-TEST-dev');
});

it('reports a directory that can not be written once, and goes on', async () => {
  const { world, pass, events } = published();
  world.published.failWrite(fail('disk.full', 'Not written', 'the disk is full', 'free some').failure);
  await pass();
  await pass();
  expect(events.filter(({ event }) => event === 'publish-failed')).toHaveLength(1);
  world.published.failWrite(null);
  expect(await pass()).toMatchObject([{ state: 'fresh' }]);
  expect(events.at(-1)).toMatchObject({ event: 'published', directory: '/srv/dev' });
});
