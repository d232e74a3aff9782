import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createOutputFiles } from '../../src/adapters/host/output-files.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';
import { readyWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const canaryWorld = () => {
  const world = readyWorld();
  world.config = {
    ...world.config,
    image: { ...world.config.image, httpProxy: 'http://ada:CANARY@proxy.example:3128' },
  };
  world.logged = [
    JSON.stringify({ event: 'command', command: 'check' }),
    JSON.stringify({
      event: 'x',
      failure: { why: 'refused for ada@example.com, sk-ant-ort01-CANARY-CANARY' },
    }),
    'Authorization: Bearer CANARYCANARY',
  ];
  return world;
};

describe('support', () => {
  it('lists what is in it, writes it, and nothing secret or personal is in it', async () => {
    const world = canaryWorld();
    const run = await runCli(world.ports, ['support', '--output', 'bundle.json', '--yes']);
    expect(run).toMatchObject({ status: 0, stdout: 'Wrote bundle.json\n' });
    expect(run.stderr).toMatchInlineSnapshot(`
      "bundle.json will hold:
        - versions of claude-setup, Node and this system
        - the configuration, with the paths in it and without passwords of proxies
        - what doctor finds: engine, image, profiles, mounts, clock, disk; accounts left out
        - the last 3 lines of the debug log
      No token, sign-in code or e-mail address is in it. Nothing is sent anywhere.
      "
    `);
    const text = world.written.get('bundle.json') ?? '';
    for (const secret of ['CANARY', 'TEST-dev', 'ada@example.com', 'Analytical Engines'])
      expect(text).not.toContain(secret);
    const bundle = JSON.parse(text);
    expect(Object.keys(bundle)).toEqual([
      'about',
      'createdAt',
      'versions',
      'platform',
      'configuration',
      'findings',
      'failure',
      'log',
    ]);
    expect(bundle.configuration.profiles[0].authDir).toBe('/home/ada/.claude-auth-dev');
    expect(bundle.configuration.image.httpProxy).toBe('http://…@proxy.example:3128');
    expect(bundle.findings.findings[0]).toMatchObject({ id: 'engine', status: 'pass' });
    expect(bundle.log).toHaveLength(3);
  });

  it('asks a person, and takes no for an answer', async () => {
    const world = canaryWorld();
    const no = await runCli(world.ports, ['support', '--output', 'b.json'], { typed: 'n\n' });
    expect(no).toMatchObject({ status: 1, stdout: '' });
    expect(world.written.size).toBe(0);
    const yes = await runCli(world.ports, ['support', '--output', 'b.json'], { typed: '\n' });
    expect(yes.status).toBe(0);
    expect(world.written.size).toBe(1);
  });

  it('needs a file, and --yes where nobody can be asked, and never overwrites', async () => {
    const world = canaryWorld();
    expect((await runCli(world.ports, ['support', '--yes'])).status).toBe(2);
    expect((await runCli(world.ports, ['support', '--output', 'b.json'])).status).toBe(2);
    world.written.set('b.json', 'mine');
    const again = await runCli(world.ports, ['support', '--output', 'b.json', '--yes', '--json']);
    expect(again.status).toBe(1);
    expect(JSON.parse(again.stdout).error.code).toBe('output.exists');
    expect(world.written.get('b.json')).toBe('mine');
  });

  it('is made also where the configuration is broken', async () => {
    const world = canaryWorld();
    const broken = { code: 'settings.broken', what: 'Broken', why: 'not JSON', fix: 'mend it' } as const;
    world.ports.settings.load = async () => ({ ok: false, failure: broken });
    expect((await runCli(world.ports, ['support', '--output', 'b.json', '--yes'])).status).toBe(0);
    expect(JSON.parse(world.written.get('b.json') ?? '')).toMatchObject({ findings: null, failure: broken });
  });
});

describe('the file that is written', () => {
  it('is 0600 and new', async () => {
    const { home } = await temporary();
    const files = createOutputFiles();
    const path = join(home, 'bundle.json');
    unwrap(await files.writeNew(path, 'text'));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expectFailure(await files.writeNew(path, 'other'), 'output.exists');
    const inNone = join(home, 'no', 'where');
    expectFailure(await files.writeNew(inNone, 'text'), 'output.unwritable');
    unwrap(await files.writeNew(inNone, 'text', { withFolder: true }));
  });
});
