import { describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../../src/adapters/docker/runtime.ts';
import { createFakeEngine, type FakeEngine } from '../../../src/adapters/practice/fake-engine.ts';
import { toLease } from '../../../src/domain/lease.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import { toWorkingCopy } from '../../../src/domain/working-copy.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { ContainerSpec, Engine } from '../../../src/ports/engine.ts';
import { expectFailure, unwrap } from '../../support/results.ts';

const image = 'claude-setup:abc';
const size = { columns: 100, rows: 30 };
const never = new AbortController().signal;
const profile: Profile = { name: 'dev', authDir: '/nowhere', runtime: 'docker', leaveOut: null };
const lost = {
  code: 'engine.lost',
  what: 'It failed',
  why: 'the connection was cut',
  fix: 'try again',
} as const;
const startOfTime = Date.UTC(2026, 10, 24);
const login = {
  claudeAiOauth: {
    accessToken: 'sk-ant-oat01-TESTaccess',
    refreshToken: 'sk-ant-ort01-TESTrefresh',
    expiresAt: startOfTime + 3600_000,
    scopes: ['user:inference'],
  },
};
const lease = toLease(login, '{}');

/** A clock whose waits never end by themselves, or at once. */
const clockThat = (waits: 'stands' | 'runs', now = startOfTime): Clock => ({
  now: () => now,
  wait: (_milliseconds, signal) =>
    waits === 'runs'
      ? Promise.resolve()
      : new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
});

const makeWorld = ({ clock = clockThat('stands'), home = '/home/ada/.config/claude-setup' } = {}) => {
  const engine = createFakeEngine();
  engine.images.set(image, { id: 'sha256:1', tags: [image], createdAt: 0, size: 1, labels: {} });
  const runtimeOn = (over: Engine = engine) =>
    createDockerRuntime({ engine: over, image, extraHosts: ['issuer:127.0.0.1'], home, clock });
  return { engine, runtimeOn, runtime: runtimeOn() };
};
const specs = (engine: FakeEngine): ContainerSpec[] =>
  [...engine.containers.values()].map(({ spec }) => spec);

describe('docker sign-in', () => {
  it.each([
    ['auth-login', ['claude', 'auth', 'login']],
    ['full-screen', ['claude', '--dangerously-skip-permissions']],
    ['shell', ['bash']],
    ['setup-token', ['claude', 'setup-token']],
  ] as const)('by %s is a labelled container on a terminal', async (method, command) => {
    const { engine, runtime } = makeWorld();
    const run = unwrap(await runtime.startSignIn({ profile, method, size }, never));
    expect(specs(engine)).toEqual([
      {
        name: expect.stringMatching(/^claude-setup-sign-in-dev-[0-9a-f]{6}$/),
        image,
        command,
        env: [
          'LANG=C.UTF-8',
          'CLAUDE_CONFIG_DIR=/home/node/.claude',
          'TERM=xterm-256color',
          'COLORTERM=truecolor',
        ],
        labels: {
          'claude-setup.role': 'sign-in',
          'claude-setup.profile': 'dev',
          'claude-setup.method': method,
          'claude-setup.home': expect.stringMatching(/^[0-9a-f]{12}$/),
        },
        tty: true,
        size,
        extraHosts: ['issuer:127.0.0.1'],
      },
    ]);
    expect(engine.containers.get(run.id)).toMatchObject({ state: 'running', session: run.session });
  });

  it('takes another name when its own is taken', async () => {
    const { engine, runtimeOn } = makeWorld();
    const names: (string | null)[] = [];
    const runtime = runtimeOn({
      ...engine,
      create: async (spec) => {
        names.push(spec.name);
        return spec.name === null
          ? engine.create(spec)
          : { ok: false, failure: { ...lost, code: 'container.name-taken' } };
      },
    });
    unwrap(await runtime.startSignIn({ profile, method: 'auth-login', size }, never));
    expect(names).toEqual([expect.any(String), null]);
  });

  it.each(['attach', 'start'] as const)('leaves no container when the engine fails at %s', async (call) => {
    const { engine, runtimeOn } = makeWorld();
    const runtime = runtimeOn({ ...engine, [call]: async () => ({ ok: false, failure: lost }) });
    expectFailure(await runtime.startSignIn({ profile, method: 'auth-login', size }, never), 'engine.lost');
    expect(engine.containers.size).toBe(0);
  });

  it('leaves no container when it is interrupted after any call', async () => {
    for (const call of ['create', 'attach', 'start'] as const) {
      const { engine, runtimeOn } = makeWorld();
      const stop = new AbortController();
      const stopAfter = async <T>(answer: Promise<T>): Promise<T> => {
        const value = await answer;
        stop.abort();
        return value;
      };
      const over: Pick<Engine, 'create' | 'attach' | 'start'> = {
        create: (spec) => stopAfter(engine.create(spec)),
        attach: (container, terminal) => stopAfter(engine.attach(container, terminal)),
        start: (container) => stopAfter(engine.start(container)),
      };
      const runtime = runtimeOn({ ...engine, [call]: over[call] });
      const started = await runtime.startSignIn({ profile, method: 'auth-login', size }, stop.signal);
      expectFailure(started, 'interrupted');
      expect(engine.containers.size).toBe(0);
    }
  });

  it('tries twice to remove its container', async () => {
    const { engine, runtimeOn } = makeWorld();
    let tries = 0;
    const runtime = runtimeOn({
      ...engine,
      remove: async (container) => {
        tries += 1;
        return tries === 1 ? { ok: false, failure: lost } : engine.remove(container);
      },
    });
    const run = unwrap(await runtime.startSignIn({ profile, method: 'auth-login', size }, never));
    unwrap(await run.remove());
    expect(engine.containers.size).toBe(0);
  });

  it('that is found again is made to draw itself anew', async () => {
    const { engine, runtimeOn, runtime } = makeWorld();
    const run = unwrap(await runtime.startSignIn({ profile, method: 'full-screen', size }, never));
    const [found] = unwrap(await runtimeOn().findSignIns('dev', size));
    expect(found).toMatchObject({ id: run.id, method: 'full-screen', profile: 'dev' });
    expect(engine.containers.get(run.id)?.session?.sizes).toEqual([{ columns: 100, rows: 29 }, size]);
  });

  it('is null and not there for a file that is missing, and a failure for a container that is', async () => {
    const { engine, runtime } = makeWorld();
    const run = unwrap(await runtime.startSignIn({ profile, method: 'auth-login', size }, never));
    engine.containers.get(run.id)?.files.set('home/node/.claude/.claude.json', '{}');
    expect(unwrap(await run.read('.credentials.json', 100))).toBeNull();
    expect(Buffer.from(unwrap(await run.read('.claude.json', 100)) ?? []).toString()).toBe('{}');
    engine.containers.delete(run.id);
    expectFailure(await run.read('.claude.json', 100), 'container.missing');
  });
});

describe('docker CLI run', () => {
  const options = { profile: 'dev', timeoutMs: 60_000, signal: never };

  it('runs on a lease in a container of its own, and removes it', async () => {
    const { engine, runtime } = makeWorld();
    engine.program((container) => {
      expect(container.spec).toMatchObject({
        command: ['claude', 'auth', 'status'],
        tty: false,
        labels: { 'claude-setup.role': 'cli' },
      });
      expect(JSON.stringify(container.spec)).not.toContain('sk-ant');
      const credentials = container.files.text('home/node/.claude/.credentials.json');
      expect(credentials).toContain('sk-ant-oat01-TESTaccess');
      expect(credentials).not.toContain('sk-ant-ort01');
      expect(container.files.stat('home/node/.claude/.credentials.json')?.mode).toBe(0o600);
      container.stdout = '{}';
      container.exit(1);
    });
    const output = unwrap(await runtime.runCli(['auth', 'status'], lease, options));
    expect(output).toEqual({ exitCode: 1, stdout: '{}', stderr: '' });
    expect(engine.containers.size).toBe(0);
  });

  it.each(['upload', 'start', 'wait', 'logs'] as const)(
    'leaves nothing when the engine fails at %s',
    async (call) => {
      const { engine, runtimeOn } = makeWorld();
      const runtime = runtimeOn({ ...engine, [call]: async () => ({ ok: false, failure: lost }) });
      expectFailure(await runtime.runCli(['auth', 'status'], lease, options), 'engine.lost');
      expect(engine.containers.size).toBe(0);
    },
  );

  it('is given up after its time, and leaves nothing', async () => {
    const { engine, runtime } = makeWorld({ clock: clockThat('runs') });
    engine.program(() => {});
    expectFailure(await runtime.runCli(['auth', 'status'], lease, options), 'cli.timeout');
    expect(engine.containers.size).toBe(0);
  });
});

describe('a run of the CLI', () => {
  const statusOf = (runtime: ReturnType<typeof makeWorld>['runtime']) =>
    runtime.runCli(['auth', 'status'], lease, { profile: 'dev', timeoutMs: 60_000, signal: never });

  it('removes what killed processes left, and neither a sign-in nor what is under way or belongs to others', async () => {
    const { engine, runtime } = makeWorld();
    const signIn = unwrap(await runtime.startSignIn({ profile, method: 'auth-login', size }, never));
    engine.program(() => {});
    const running = statusOf(runtime);
    await expect.poll(() => [...engine.containers.values()][1]?.state).toBe('running');
    const [, mine] = [...engine.containers.values()];
    if (mine === undefined) throw new Error('it runs');
    const me = JSON.parse(mine.spec.labels['claude-setup.owner'] ?? '');
    const dead = { ...mine.spec.labels, 'claude-setup.owner': JSON.stringify({ ...me, pid: 2 ** 22 + 1 }) };
    const left = unwrap(await engine.create({ ...mine.spec, labels: dead }));
    const foreign = unwrap(
      await engine.create({ ...mine.spec, labels: { ...dead, 'claude-setup.home': 'another' } }),
    );
    engine.program((container) => container.exit(0));
    unwrap(await statusOf(runtime));
    expect([...engine.containers.keys()]).toEqual([signIn.id, mine.id, foreign]);
    expect(engine.containers.has(left)).toBe(false);
    mine.exit(0);
    unwrap(await running);
  });
});

describe('a refresh', () => {
  it.each([
    ['has ended', true],
    ['goes on', false],
  ])('that %s, of which the engine tells only when it is asked', async (_name, ended) => {
    const { engine, runtimeOn } = makeWorld({ clock: clockThat('runs') });
    engine.program((container) => ended && container.exit(1));
    const runtime = runtimeOn({ ...engine, wait: () => new Promise(() => {}) });
    const copy = unwrap(await runtime.startRefresh('dev', toWorkingCopy(login, null, startOfTime), never));
    expect(unwrap(await copy.settled(120_000, never))).toBe(ended);
  });
});
