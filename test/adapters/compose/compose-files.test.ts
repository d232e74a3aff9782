import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createComposeFiles } from '../../../src/adapters/compose/compose-files.ts';
import { temporary } from '../../support/temporary.ts';

const world = async (files: Readonly<Record<string, string>>, env: Record<string, string> = {}) => {
  const { root, home } = await temporary();
  const project = join(root, 'project');
  await mkdir(join(project, 'deep', 'er'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text);
  return { project, home, composeFiles: createComposeFiles({ env, homeDir: home }) };
};

const service = (volume: string) => `services:\n  app:\n    image: x\n    volumes:\n      - ${volume}\n`;

it('finds the default file in a folder above and takes the override and .env along', async () => {
  const { project, home, composeFiles } = await world({
    'docker-compose.yml': service('"${AUTH:-./none}:/home/node/.claude"'),
    'docker-compose.override.yml':
      'services:\n  app:\n    environment:\n      CLAUDE_CONFIG_DIR: /home/node/.claude\n',
    '.env': 'AUTH=~/.claude-hub\n',
  });
  const read = await composeFiles.read(join(project, 'deep', 'er'), []);
  expect(read).toEqual({
    ok: true,
    value: {
      files: [join(project, 'docker-compose.yml'), join(project, 'docker-compose.override.yml')],
      services: [
        {
          name: 'app',
          mounts: [{ source: join(home, '.claude-hub'), target: '/home/node/.claude', readOnly: false }],
          environment: { CLAUDE_CONFIG_DIR: '/home/node/.claude' },
          user: null,
        },
      ],
    },
  });
});

it('lets the environment win over .env, and COMPOSE_FILE over the default', async () => {
  const { project, composeFiles } = await world(
    {
      'compose.yaml': service('/default:/c'),
      'other.yml': service('$AUTH:/c'),
      '.env': 'AUTH=/from-env-file\n',
    },
    { COMPOSE_FILE: 'other.yml', AUTH: '/from-environment' },
  );
  const read = await composeFiles.read(project, []);
  expect(read.ok && read.value?.services[0]?.mounts[0]?.source).toBe('/from-environment');
});

it('understands anchors and merge keys', async () => {
  const { project, composeFiles } = await world({
    'compose.yaml':
      'x-auth: &auth\n  volumes: [ "/auth:/c:ro" ]\nservices:\n  a:\n    <<: *auth\n  b:\n    <<: *auth\n',
  });
  const read = await composeFiles.read(project, []);
  expect(read.ok && read.value?.services.map(({ name, mounts }) => [name, mounts[0]?.readOnly])).toEqual([
    ['a', true],
    ['b', true],
  ]);
});

it('says null where there is no compose file', async () => {
  const { project, composeFiles } = await world({});
  expect(await composeFiles.read(project, [])).toEqual({ ok: true, value: null });
});

it.each([
  ['broken.yml', 'services: [unclosed', 'not valid YAML'],
  [
    'bomb.yml',
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(40)}]\nc: &c [${'*b,'.repeat(40)}]\nd: [${'*c,'.repeat(40)}]`,
    'not valid YAML',
  ],
  ['missing.yml', null, 'not there'],
])('names the cause in %s', async (name, text, why) => {
  const { project, composeFiles } = await world(text === null ? {} : { [name]: text });
  const read = await composeFiles.read(project, [name]);
  expect(read).toMatchObject({ ok: false, failure: { code: 'compose.unreadable' } });
  expect(!read.ok && read.failure.why).toContain(why);
});

it('tells what stands at a source', async () => {
  const { project, composeFiles } = await world({ file: '' });
  await symlink('nowhere', join(project, 'dangling'));
  const kinds = await Promise.all(
    ['', 'file', 'dangling', 'gone'].map((name) => composeFiles.sourceKind(join(project, name))),
  );
  expect(kinds).toEqual(['directory', 'file', 'missing', 'missing']);
});
