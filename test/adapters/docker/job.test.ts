import { expect, it } from 'vitest';
import { containerBody } from '../../../src/adapters/docker/container-body.ts';
import { createDockerRuntime } from '../../../src/adapters/docker/runtime.ts';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import type { FakeContainer } from '../../../src/adapters/practice/fake-container.ts';
import { createFakeEngine } from '../../../src/adapters/practice/fake-engine.ts';
import { parseLogin } from '../../../src/domain/credentials.ts';
import { fail } from '../../../src/domain/failure.ts';
import { toLease } from '../../../src/domain/lease.ts';
import { toFullCopy } from '../../../src/domain/working-copy.ts';
import type { JobContainer, JobRequest } from '../../../src/ports/job.ts';
import { loginText } from '../../support/logins.ts';
import { expectFailure, unwrap } from '../../support/results.ts';

const never = new AbortController().signal;
const setupImage = 'claude-setup:abc';
const config = 'run/claude-setup/config';

const login = (name: string) => {
  const parsed = parseLogin(loginText(name));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.login;
};
const lease = toLease(login('first'), '{}');

const requestOf = (container: Partial<JobContainer> = {}, change: Partial<JobRequest> = {}): JobRequest => ({
  profile: 'dev',
  command: ['claude', '-p', 'x'],
  env: [],
  workdir: null,
  size: null,
  container: {
    image: null,
    name: null,
    mounts: [],
    network: null,
    user: null,
    readOnly: false,
    ...container,
  },
  ...change,
});

const setup = () => {
  const engine = createFakeEngine();
  const image = { id: 'sha256:1', createdAt: 0, size: 1, labels: {} };
  engine.images.set(setupImage, { ...image, tags: [setupImage] });
  engine.images.set('root:1', { ...image, tags: ['root:1'] });
  engine.images.set('app:1', { ...image, tags: ['app:1'], user: 'app:staff' });
  engine.program(() => {});
  /** What every container of another image holds. */
  let files: Readonly<Record<string, string>> = {
    'bin/sh': '',
    'etc/passwd': 'root:x:0:0::/root:/bin/sh\napp:x:301:302::/app:/bin/sh\n',
    'etc/group': 'staff:x:50:\n',
  };
  const create = engine.create;
  engine.create = async (spec) => {
    const created = await create(spec);
    const container = created.ok ? engine.containers.get(created.value) : undefined;
    for (const [path, text] of Object.entries(files)) container?.files.set(path, text);
    return created;
  };
  const runtime = createDockerRuntime({
    engine,
    image: setupImage,
    extraHosts: ['issuer:127.0.0.1'],
    home: '/home/ada',
    clock: systemClock,
  });
  const start = (request = requestOf()) => runtime.startJob(request, lease, never);
  const only = (): FakeContainer => {
    const [container, ...others] = engine.containers.values();
    if (container === undefined || others.length > 0) throw new Error('there is not one container');
    return container;
  };
  return {
    engine,
    runtime,
    start,
    only,
    fill: (given: Readonly<Record<string, string>>) => {
      files = given;
    },
  };
};

it('makes a hardened container that waits for the lease in memory', async () => {
  const { start, only } = setup();
  unwrap(await start());
  const { spec, files, state } = only();
  expect(state).toBe('running');
  expect(spec.command.slice(-3)).toEqual(['claude', '-p', 'x']);
  expect(spec.labels).toMatchObject({ 'claude-setup.role': 'job', 'claude-setup.profile': 'dev' });
  expect(files.text(`${config}/.credentials.json`)).toContain('TEST-first');
  expect(files.text('run/claude-setup/ready')).toBe('');
  expect(JSON.stringify(spec)).not.toContain('sk-ant');
  const body = containerBody(spec, true);
  expect(body).toMatchObject({
    User: 'node',
    StdinOnce: true,
    HostConfig: {
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      NetworkMode: 'default',
      LogConfig: { Type: 'none' },
      ExtraHosts: ['issuer:127.0.0.1'],
    },
  });
  expect(body.HostConfig.PidsLimit).toBeGreaterThan(0);
  expect(body.HostConfig.Memory).toBeGreaterThan(0);
  expect(JSON.stringify(body)).toContain('"type":"tmpfs"');
});

it('does what was asked for', async () => {
  const { start, only } = setup();
  const container = {
    image: 'app:1',
    name: 'box',
    network: 'none',
    user: '7:8',
    readOnly: true,
    mounts: [{ source: '/a', target: '/b', readOnly: true }],
  };
  unwrap(
    await start(
      requestOf(container, {
        workdir: '/b',
        env: ['A=1', 'A=2', 'HOME=/mine'],
        size: { columns: 9, rows: 8 },
      }),
    ),
  );
  const { spec } = only();
  expect(spec.name).toBe('box');
  expect(spec.env).toContain('A=2');
  expect(spec.env).not.toContain('A=1');
  expect(spec.env.filter((line) => line.startsWith('HOME='))).toEqual(['HOME=/mine']);
  const body = containerBody(spec, true);
  expect(body).toMatchObject({
    User: '7:8',
    WorkingDir: '/b',
    Tty: true,
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': expect.any(String) },
    },
  });
  expect(body.HostConfig).toHaveProperty('Mounts.1', {
    Type: 'bind',
    Source: '/a',
    Target: '/b',
    ReadOnly: true,
  });
});

it.each([
  ['that of its image', 'app:1', null, 'app:staff', []],
  ['not root of its image', 'root:1', null, '1000:1000', ['root:1 would run as root']],
  ['root when told so', 'root:1', '0', '0', []],
] as const)('runs as the right user: %s', async (_name, image, user, runsAs, notes) => {
  const { start, only } = setup();
  const job = unwrap(await start(requestOf({ image, user })));
  expect(only().spec.place?.user).toBe(runsAs);
  expect(job.notes).toHaveLength(notes.length);
  for (const [index, note] of notes.entries()) expect(job.notes[index]).toContain(note);
});

it('says that a user is not in the image, and leaves nothing', async () => {
  const { engine, start } = setup();
  expect(expectFailure(await start(requestOf({ image: 'app:1', user: 'nobody' })), 'usage')).toContain(
    '/etc/passwd',
  );
  expectFailure(await start(requestOf({ image: 'app:1', user: 'app:nobody' })), 'usage');
  expect(engine.containers.size).toBe(0);
  expectFailure(await start(requestOf({ image: 'gone:1' })), 'image.missing');
});

it.each(['an image without a shell', 'an engine that can mount no memory'])(
  'puts the lease on the disk of the engine, before the start, for %s',
  async (why) => {
    const { engine, start, only, fill } = setup();
    if (why === 'an image without a shell') fill({});
    else {
      const begin = engine.start;
      engine.start = async (id) =>
        engine.containers.get(id)?.spec.place?.volume.inMemory
          ? fail('engine.refused', 'Not started', 'the engine says: failed to mount local volume', 'x')
          : begin(id);
    }
    unwrap(await start(requestOf({ image: 'app:1', user: '7:8' })));
    expect(only().spec).toMatchObject({
      command: ['claude', '-p', 'x'],
      place: { volume: { inMemory: false } },
    });
    expect(only().files.text(`${config}/.credentials.json`)).toContain('TEST-first');
  },
);

it.each([
  ['exec: "claude": executable file not found in $PATH', 'command.missing'],
  ['exec: "/x": permission denied', 'command.unusable'],
  ['something else', 'engine.refused'],
] as const)('ends as a shell would without one: %s', async (text, code) => {
  const { engine, start, fill } = setup();
  fill({});
  engine.start = async () => fail('engine.refused', 'Not started', `the engine says: ${text}`, 'x');
  expectFailure(await start(requestOf({ image: 'app:1', user: '7' })), code);
  expect(engine.containers.size).toBe(0);
});

it('pushes under another name and renames, and where nothing can rename writes it as the engine does', async () => {
  const { engine, start, only } = setup();
  const job = unwrap(await start());
  unwrap(await job.push(toLease(login('second'), null)));
  const { files } = only();
  expect(files.text(`${config}/.credentials.json`)).toContain('TEST-second');
  engine.exec = async () => ({ ok: true, value: 127 });
  unwrap(await job.push(toLease(login('third'), null)));
  expect(files.text(`${config}/.credentials.json`)).toContain('TEST-third');
});

it('removes the jobs of ended processes, and no others', async () => {
  const { engine, runtime, start } = setup();
  const mine = unwrap(await start());
  const { spec } = engine.containers.get(mine.id) ?? {};
  if (spec === undefined) throw new Error('it is there');
  const owned = (owner: object | string) => ({
    ...spec,
    name: null,
    labels: {
      ...spec.labels,
      'claude-setup.owner': typeof owner === 'string' ? owner : JSON.stringify(owner),
    },
  });
  const me = JSON.parse(spec.labels['claude-setup.owner'] ?? '');
  const dead = unwrap(await engine.create(owned({ ...me, pid: 2 ** 22 + 1 })));
  const reused = unwrap(await engine.create(owned({ ...me, started: 'another boot:1' })));
  const elsewhere = unwrap(await engine.create(owned({ ...me, pid: 2 ** 22 + 1, place: 'another host' })));
  const unreadable = unwrap(await engine.create(owned('?')));
  expect(unwrap(await runtime.removeLeftJobs())).toBe(2);
  expect([...engine.containers.keys()]).toEqual([mine.id, elsewhere, unreadable]);
  expect([dead, reused].some((id) => engine.containers.has(id))).toBe(false);
});

it('leaves a whole login whose start got no answer, to be found', async () => {
  const { engine, runtime } = setup();
  const lost = fail('engine.lost', 'Not started', 'the connection was cut', 'x');
  const begin = engine.start;
  engine.start = async () => lost;
  const copy = toFullCopy(login('whole'), null);
  expectFailure(await runtime.startFullJob(requestOf(), copy, never), 'engine.lost');
  engine.start = begin;
  const [found] = unwrap(await runtime.findWorkingCopies('dev'));
  expect(found).toMatchObject({ holder: 'job', base: copy.base });
  expect(unwrap((await found?.settled(1000, never)) ?? { ok: true, value: false })).toBe(true);
  expect(unwrap((await found?.read('.credentials.json', 999)) ?? { ok: true, value: null })).not.toBeNull();
  unwrap((await found?.remove()) ?? { ok: true, value: undefined });
  expect(engine.containers.size).toBe(0);
});
