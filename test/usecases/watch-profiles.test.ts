import { describe, expect, it } from 'vitest';
import { fail } from '../../src/domain/failure.ts';
import { checkProfiles } from '../../src/usecases/check-profiles.ts';
import { type ProfilesPicture, watchProfiles } from '../../src/usecases/watch-profiles.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin } from '../tui/fake-world.ts';

const never = new AbortController().signal;

const setup = (count: number) => {
  const world = createFakeWorld();
  for (let index = 0; index < count; index += 1) world.addProfile(`p${index}`);
  const pictures: ProfilesPicture[] = [];
  const gathered: string[] = [];
  const { gather } = world.store;
  world.store.gather = (authDir) => {
    gathered.push(authDir);
    return gather(authDir);
  };
  const view: string[] = [];
  const watcher = watchProfiles(world.ports, {
    inView: () => view,
    onPicture: (picture) => pictures.push(picture),
  });
  return {
    world,
    pictures,
    gathered,
    view,
    watcher,
    look: async () => unwrap(await watcher.look(never)),
    failing: async () => expectFailure(await watcher.look(never), 'settings.broken'),
  };
};

describe('watching profiles', () => {
  it('sees all of them in the first look, in batches', async () => {
    const { pictures, look } = setup(250);
    await look();
    expect(pictures.map(({ reports }) => reports.size)).toEqual([100, 200, 250]);
  });

  it('looks first at those that somebody looks at', async () => {
    const { pictures, view, look } = setup(250);
    view.push('p249');
    await look();
    expect(pictures[0]?.reports.has('p249')).toBe(true);
  });

  it('checks nothing again, and says nothing, while nothing changes', async () => {
    const { pictures, gathered, look } = setup(3);
    await look();
    const before = gathered.length;
    await look();
    await look();
    expect(gathered).toHaveLength(before);
    expect(pictures).toHaveLength(1);
  });

  it('checks only what changed, in view at once and elsewhere when its turn comes', async () => {
    const { world, pictures, gathered, view, look } = setup(1000);
    view.push('p900');
    await look();
    gathered.length = 0;
    pictures.length = 0;
    world.store.directory('/home/ada/.claude-auth-p900').set('.credentials.json', '');
    await look();
    expect(gathered).toEqual(['/home/ada/.claude-auth-p900']);
    expect(pictures.map(({ reports }) => reports.get('p900')?.status)).toEqual(['fail']);

    world.store.directory('/home/ada/.claude-auth-p500').set('.credentials.json', '');
    const looks = Math.ceil(1000 / 30);
    for (let count = 0; count < looks; count += 1) await look();
    expect(gathered).toEqual(['/home/ada/.claude-auth-p900', '/home/ada/.claude-auth-p500']);
  });

  it('bounds the price of a look with a thousand profiles', async () => {
    const { world, look } = setup(1000);
    await look();
    let marks = 0;
    const { profile } = world.ports.changes;
    world.ports.changes.profile = (asked) => {
      marks += 1;
      return profile(asked);
    };
    await look();
    expect(marks).toBe(30);
  });

  it('follows the settings: profiles that come, go, move and become the default', async () => {
    const { world, pictures, look } = setup(2);
    await look();
    const moved = '/home/ada/elsewhere';
    putLogin(world.store.directory(moved));
    const [first] = world.config.profiles;
    world.config = {
      ...world.config,
      defaultProfile: 'p2',
      profiles: [...(first ? [{ ...first, authDir: moved }] : [])],
    };
    world.addProfile('p2', { signedIn: false });
    await look();
    const last = pictures.at(-1);
    expect(last?.config.defaultProfile).toBe('p2');
    expect([...(last?.reports ?? [])].map(([name, { authDir }]) => [name, authDir])).toEqual([
      ['p0', moved],
      ['p2', '/home/ada/.claude-auth-p2'],
    ]);
  });

  it('looks again when time alone turns a check', async () => {
    const { world, pictures, look } = setup(1);
    await look();
    world.clock.advance(7.6 * 3_600_000);
    await look();
    expect(pictures.map(({ reports }) => reports.get('p0')?.status)).toEqual(['pass', 'warn']);
  });

  it('checks one again on request, without a change on disk', async () => {
    const { gathered, watcher, view, look } = setup(1000);
    view.push('p700');
    await look();
    gathered.length = 0;
    watcher.recheck('p700');
    watcher.recheck('nobody');
    await look();
    expect(gathered).toEqual(['/home/ada/.claude-auth-p700']);
  });

  it('tells what is wrong with the settings until they have changed', async () => {
    const { world, pictures, look, failing } = setup(1);
    const { load } = world.ports.settings;
    let loads = 0;
    world.ports.settings.load = async () => {
      loads += 1;
      return fail('settings.broken', 'They can not be read', 'no JSON', 'mend them');
    };
    await failing();
    await failing();
    expect(loads).toBe(1);
    world.ports.settings.load = load;
    world.config = { ...world.config, defaultProfile: null };
    await look();
    expect(pictures).toHaveLength(1);
  });

  it('shows that there is no profile', async () => {
    const { pictures, look } = setup(0);
    await look();
    expect(pictures.map(({ config }) => config.profiles)).toEqual([[]]);
  });
});

it('many profiles are checked a few at a time, and reported in their order', async () => {
  const { world } = setup(100);
  let open = 0;
  let most = 0;
  const { gather } = world.store;
  world.store.gather = async (authDir) => {
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    return gather(authDir);
  };
  const reports = await checkProfiles(world.ports, world.config.profiles);
  expect(reports.map(({ profile }) => profile)).toEqual(world.config.profiles.map(({ name }) => name));
  expect(most).toBe(8);
});
