import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createProjectFile } from '../../../src/adapters/host/project-file.ts';
import { profileOfProjectFile, projectFileText } from '../../../src/domain/project-file.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const setup = async () => {
  const { home, root } = await temporary();
  const deep = join(home, 'app', 'src', 'deep');
  await mkdir(deep, { recursive: true });
  return { root, home, deep, at: (cwd: string) => createProjectFile({ homeDir: home, cwd: () => cwd }) };
};

it('finds the nearest file, upward to the home directory and no further', async () => {
  const { root, home, deep, at } = await setup();
  await writeFile(join(root, '.claude-setup'), 'above');
  expect(unwrap(await at(deep).find())).toBeNull();
  await writeFile(join(home, '.claude-setup'), 'home');
  expect(unwrap(await at(deep).find())).toEqual({ path: join(home, '.claude-setup'), text: 'home' });
  await writeFile(join(home, 'app', '.claude-setup'), 'app');
  expect(unwrap(await at(deep).find())?.text).toBe('app');
});

it('looks up to the root from outside of the home directory', async () => {
  const { root, at } = await setup();
  await writeFile(join(root, '.claude-setup'), 'outside');
  await mkdir(join(root, 'srv', 'app'), { recursive: true });
  expect(unwrap(await at(join(root, 'srv', 'app')).find())?.text).toBe('outside');
});

it('passes over a directory of that name, which is the store’s, and says when a file can not be used', async () => {
  const { home, deep, at } = await setup();
  await mkdir(join(deep, '.claude-setup'));
  await writeFile(join(home, '.claude-setup'), 'x'.repeat(5000));
  expect(expectFailure(await at(deep).find(), 'profile.project-file')).toContain(join(home, '.claude-setup'));
});

it('writes the file of the current directory, comments kept, and leaves nothing else', async () => {
  const { home, deep, at } = await setup();
  await writeFile(join(home, '.claude-setup'), 'home');
  const file = at(deep);
  expect(unwrap(await file.write((before) => projectFileText(before, 'dev')))).toEqual({
    path: join(deep, '.claude-setup'),
  });
  await writeFile(join(deep, '.claude-setup'), '# why\n\ndev # old\n');
  unwrap(await file.write((before) => projectFileText(before, 'staging')));
  expect(await readFile(join(deep, '.claude-setup'), 'utf8')).toBe('# why\nstaging\n');
  expect(await readdir(deep)).toEqual(['.claude-setup']);
  await mkdir(join(home, 'app', '.claude-setup'));
  expectFailure(await at(join(home, 'app')).write(() => 'dev\n'), 'output.unwritable');
  expect((await readdir(join(home, 'app'))).sort()).toEqual(['.claude-setup', 'src']);
});

it.skipIf(process.getuid?.() === 0)(
  'says so when it may not be read (not as root, who may read everything)',
  async () => {
    const { deep, at } = await setup();
    await writeFile(join(deep, '.claude-setup'), 'dev');
    await chmod(join(deep, '.claude-setup'), 0);
    expectFailure(await at(deep).find(), 'profile.project-file');
  },
);

it.each([
  ['dev', 'dev'],
  ['# mine\n\n  staging  # of this project\n', 'staging'],
  ['prod\r\n', 'prod'],
])('reads %j', (text, name) => {
  expect(profileOfProjectFile('/app/.claude-setup', text)).toEqual({ ok: true, value: name });
});

it.each([
  ['', 'no profile name'],
  ['# only a comment\n', 'no profile name'],
  ['dev\nstaging\n', 'more than one line'],
  ['Not a name', 'no profile name'],
  ['profile = dev', 'no profile name'],
  ['\u001b[31mdev', 'no profile name'],
])('refuses %j, and names the file', (text, why) => {
  const line = expectFailure(profileOfProjectFile('/app/.claude-setup', text), 'profile.project-file');
  expect(line).toContain('/app/.claude-setup');
  expect(line).toContain(why);
});
