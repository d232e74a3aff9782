import { expect, it } from 'vitest';
import { applyFirstRun, planFirstRun } from '../../src/usecases/first-run.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld } from '../tui/fake-world.ts';

const authDir = '/home/ada/.claude-hub';

const setup = (files: Readonly<Record<string, string>>) => {
  const world = createFakeWorld();
  const directory = world.store.directory(authDir);
  for (const [name, text] of Object.entries(files)) directory.set(name, text);
  return {
    world,
    directory,
    plan: (trustFolders: string[]) => planFirstRun(world.ports, { authDir, trustFolders }),
  };
};

it('shows what it would write, writes exactly that, and keeps everything else', async () => {
  const { world, directory, plan } = setup({
    '.claude.json': '{"userID":"u1","projects":{"/workspace":{"history":[1]}}}',
    'settings.json': '{"theme":"dark"}',
  });
  const planned = unwrap(await plan(['/workspace', '/srv/app']));
  expect(planned.changes.map(({ file, lines }) => [file, lines])).toEqual([
    [
      '.claude.json',
      [
        'hasCompletedOnboarding: true',
        'projects["/workspace"].hasTrustDialogAccepted: true',
        'projects["/srv/app"].hasTrustDialogAccepted: true',
      ],
    ],
    ['settings.json', ['skipDangerousModePermissionPrompt: true']],
  ]);
  expect(directory.text('settings.json')).toBe('{"theme":"dark"}');
  unwrap(await applyFirstRun(world.ports, { authDir, plan: planned }));
  expect(JSON.parse(directory.text('.claude.json') ?? '')).toEqual({
    userID: 'u1',
    hasCompletedOnboarding: true,
    projects: {
      '/workspace': { history: [1], hasTrustDialogAccepted: true },
      '/srv/app': { hasTrustDialogAccepted: true },
    },
  });
  expect(JSON.parse(directory.text('settings.json') ?? '')).toEqual({
    theme: 'dark',
    skipDangerousModePermissionPrompt: true,
  });
  expect(unwrap(await plan(['/workspace'])).changes).toEqual([]);
});

it('makes the files when there are none', async () => {
  const { world, directory, plan } = setup({});
  unwrap(await applyFirstRun(world.ports, { authDir, plan: unwrap(await plan([])) }));
  expect(JSON.parse(directory.text('.claude.json') ?? '')).toEqual({ hasCompletedOnboarding: true });
});

it('never overwrites a file that is no JSON object', async () => {
  const { plan } = setup({ '.claude.json': '[1]' });
  expectFailure(await plan([]), 'login.malformed');
});

it('writes nothing when a file changed since it was shown', async () => {
  const { world, directory, plan } = setup({ '.claude.json': '{}' });
  const planned = unwrap(await plan([]));
  directory.set('.claude.json', '{"changed":true}');
  expectFailure(await applyFirstRun(world.ports, { authDir, plan: planned }), 'capture.interrupted');
  expect(directory.text('.claude.json')).toBe('{"changed":true}');
});
