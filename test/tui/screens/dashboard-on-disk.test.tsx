import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createPorts } from '../../../src/compose.ts';
import { ok } from '../../../src/domain/failure.ts';
import { loginText, stateText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';
import { createFakeWorld } from '../fake-world.ts';
import { openApp } from '../open-app.tsx';

/** The dashboard on real files and the real clock; `claude-setup` of another terminal changes the settings. */
const setup = async () => {
  const { home, env } = await temporary();
  const input = { env, platform: 'linux' } as const;
  const real = createPorts(input);
  const another = createPorts(input);
  const add = (name: string) =>
    another.settings.update((config) =>
      ok({
        ...config,
        profiles: [
          ...config.profiles,
          { name, authDir: join(home, name), runtime: 'docker', leaveOut: null } as const,
        ],
      }),
    );
  const signIn = async (name: string) => {
    await mkdir(join(home, name), { mode: 0o700 });
    await writeFile(join(home, name, '.claude.json'), stateText(name), { mode: 0o600 });
    await writeFile(join(home, name, '.credentials.json'), loginText(name), { mode: 0o600 });
  };
  unwrap(await add('dev'));
  await signIn('dev');
  const world = createFakeWorld();
  const { store, settings, changes, clock, loginMarks, host } = real;
  const ports = { ...world.ports, store, settings, changes, clock, loginMarks, host };
  const app = openApp({ ...world, ports }, { start: { screen: 'dashboard' }, columns: 120 });
  return { home, app, another, add, signIn };
};

it('shows what is changed outside, by itself: files, rights, settings, directories', async () => {
  const { home, app, another, add, signIn } = await setup();
  await app.waitFor('fine           dev@example.com');

  const credentials = join(home, 'dev', '.credentials.json');
  await writeFile(credentials, '');
  await app.waitFor('sign in again');
  await writeFile(credentials, loginText('dev'));
  await app.waitFor('fine           dev@example.com');
  await chmod(credentials, 0o666);
  await app.waitFor('broken');
  await chmod(credentials, 0o600);
  await app.waitFor('fine           dev@example.com');

  unwrap(await add('new'));
  await app.waitFor('not signed in');
  await signIn('new');
  await app.waitFor('new@example.com');
  await rm(join(home, 'dev'), { recursive: true });
  await app.waitFor('not signed in');
  unwrap(
    await another.settings.update((config) =>
      ok({ ...config, defaultProfile: 'new', profiles: config.profiles.slice(1) }),
    ),
  );
  await app.waitFor('new (default)');
  expect(app.frame()).toContain('Your profiles (1)');
});
