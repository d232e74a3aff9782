import { readdir, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { defaultImageSettings } from '../../src/domain/config.ts';
import type { StoredLogin } from '../../src/domain/credentials.ts';
import { ok } from '../../src/domain/failure.ts';
import { toLease } from '../../src/domain/lease.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import type { Engine, ImagePlan } from '../../src/ports/engine.ts';
import type { JobContainer, JobProgram, JobRequest } from '../../src/ports/job.ts';
import { buildImage } from '../../src/usecases/build-image.ts';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { canarySecrets, findSecrets, needlesOf } from '../support/canary.ts';
import { buildStandInImage, findTestEngine } from '../support/engine-images.ts';
import { unwrap } from '../support/results.ts';

const reason = await whyNoDocker();
const tag = 'claude-setup-test/engine:hardening';
const never = new AbortController().signal;
const secrets = canarySecrets();
const login: StoredLogin = {
  claudeAiOauth: {
    accessToken: secrets.accessToken,
    refreshToken: secrets.refreshToken,
    expiresAt: Date.now() + 8 * 3600_000,
    scopes: ['user:inference', 'user:profile'],
  },
};
const container: JobContainer = {
  image: null,
  name: null,
  mounts: [],
  network: null,
  user: null,
  readOnly: false,
};

/** What `docker inspect` says of a container, as far as we look at it; the whole of it in `text`. */
interface Inspected {
  readonly text: string;
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Cmd: readonly string[] | null;
    readonly Entrypoint: readonly string[];
    readonly Env: readonly string[];
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** By what it is for. */
const kindOf = ({ Config, HostConfig }: Inspected): string => {
  const kind = Config.Labels['claude-setup.role'] ?? Config.Labels['claude-setup.purpose'] ?? 'unlabelled';
  return HostConfig.ReadonlyRootfs === true && kind === 'job' ? 'job, read only' : kind;
};

describe.skipIf(reason !== null)(`containers that we start (${reason ?? 'real engine'})`, () => {
  /** Each twice: as it was made, and just before it was removed. */
  const seen = new Map<string, Inspected[]>();
  /** What keeps the memory of a container, by that container. */
  const keepers = new Map<string, string>();
  let status = '';
  let output = '';

  const inspect = async (id: string): Promise<void> => {
    const { stdout } = await docker('inspect', id);
    const [found] = JSON.parse(stdout) as Omit<Inspected, 'text'>[];
    if (found === undefined) return;
    const whole = { ...found, text: stdout };
    seen.set(kindOf(whole), [...(seen.get(kindOf(whole)) ?? []), whole]);
  };

  const outputOf = async (program: JobProgram): Promise<string> => {
    if (program.kind !== 'pipes') throw new Error('it has a terminal');
    program.pipes.stdin.end();
    return (await buffer(program.pipes.stdout)).toString();
  };

  beforeAll(async () => {
    const real = await findTestEngine();
    await buildStandInImage(real, tag);
    const engine: Engine = {
      ...real,
      async create(spec) {
        const created = await real.create(spec);
        if (!created.ok) return created;
        await inspect(created.value);
        if (spec.kept === undefined) return created;
        const keeper = `claude-setup-keeper-${created.value.slice(0, 12)}`;
        keepers.set(created.value, keeper);
        await inspect(keeper);
        return created;
      },
      async remove(id) {
        await inspect(id);
        const keeper = keepers.get(id);
        if (keeper !== undefined) await inspect(keeper);
        return real.remove(id);
      },
    };
    const home = `/home/of/hardening/${process.pid}`;
    const runtime = createDockerRuntime({ engine, image: tag, extraHosts: [], home, clock: systemClock });
    const profile = { name: 'hardening', authDir: '/nowhere', runtime: 'docker', leaveOut: null } as const;
    const lease = toLease(login, null);

    const signIn = unwrap(
      await runtime.startSignIn({ profile, method: 'auth-login', size: { columns: 80, rows: 24 } }, never),
    );
    unwrap(await signIn.remove());

    unwrap(
      await runtime.runCli(['auth', 'status'], lease, {
        profile: profile.name,
        timeoutMs: 60_000,
        signal: never,
      }),
    );

    const copy = unwrap(
      await runtime.startRefresh(profile.name, toWorkingCopy(login, null, Date.now()), never),
    );
    unwrap(await copy.settled(60_000, never));
    unwrap(await copy.remove());

    const sealed = createDockerRuntime({
      ...{ engine, image: tag, extraHosts: [], home, clock: systemClock },
      isSealed: async () => true,
    });
    const hidden = unwrap(
      await sealed.startRefresh(profile.name, toWorkingCopy(login, null, Date.now()), never),
    );
    unwrap(await hidden.settled(60_000, never));
    unwrap(await hidden.remove());

    const request = (readOnly: boolean, command: string): JobRequest => ({
      profile: profile.name,
      command: ['sh', '-c', command],
      env: [],
      workdir: null,
      size: null,
      container: { ...container, readOnly },
    });
    const look =
      'cat /proc/self/status; echo "core: $(ulimit -Hc)"; cat "$CLAUDE_CONFIG_DIR/.credentials.json"';
    const job = unwrap(await runtime.startJob(request(false, look), lease, never));
    status = await outputOf(job.program);
    unwrap(await job.remove());
    const tight = unwrap(await runtime.startJob(request(true, 'touch /etc/x || echo refused'), lease, never));
    output = await outputOf(tight.program);
    unwrap(await tight.remove());
    const full = unwrap(
      await runtime.startFullJob(request(false, 'true'), toWorkingCopy(login, null, Date.now()), never),
    );
    await outputOf(full.program);
    unwrap(await full.copy.remove());

    // As after a build: what was built is asked for its version.
    const plan: ImagePlan = {
      settings: defaultImageSettings,
      reference: tag,
      request: { dockerfile: '', tags: [], labels: {}, buildArgs: {}, extraHosts: [], noCache: false },
      context: () => Readable.from([]),
    };
    const built: Engine = {
      ...engine,
      build: async () => ok({ id: tag, tags: [tag], createdAt: 0, size: 0, labels: {} }),
    };
    const ports = { imageSource: { plan: async () => ok(plan) }, clock: systemClock };
    unwrap(await buildImage(ports, { engine: built, plan, noCache: true }, () => {}, never));
  }, 300_000);
  afterAll(() => docker('image', 'rm', tag));

  const kinds = ['sign-in', 'cli', 'refresh', 'keeper', 'job', 'job, read only', 'full', 'version'];
  /** Those that need nothing. */
  const alone = ['keeper', 'version'];

  it('are all looked at here', async () => {
    expect([...seen.keys()].toSorted()).toEqual(kinds.toSorted());
    // Who starts another one adds it above.
    const src = fileURLToPath(new URL('../../src/', import.meta.url));
    const files = (await readdir(src, { recursive: true })).filter(
      (file) => /\.tsx?$/.test(file) && !file.includes('practice'),
    );
    const starting: string[] = [];
    for (const file of files)
      if ((await readFile(src + file, 'utf8')).includes('engine.create(')) starting.push(file);
    expect(starting.toSorted()).toEqual([
      'adapters/docker/cli-run.ts',
      'adapters/docker/job-start.ts',
      'adapters/docker/runtime.ts',
      'adapters/docker/working-copy.ts',
      'usecases/build-image.ts',
    ]);
  });

  it.each(kinds)('%s: no capability, no new privilege, no root, with limits and our label', (kind) => {
    expect(seen.get(kind)?.length).toBeGreaterThanOrEqual(2);
    for (const { Config, HostConfig } of seen.get(kind) ?? []) {
      expect(HostConfig).toMatchObject({
        Privileged: false,
        CapDrop: ['ALL'],
        // Nothing about seccomp, so the engine's own filter is on.
        SecurityOpt: ['no-new-privileges'],
        Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
        PidMode: '',
        UTSMode: '',
        UsernsMode: '',
        PublishAllPorts: false,
        RestartPolicy: { Name: expect.stringMatching(/^(?:no)?$/) },
      });
      expect(HostConfig.IpcMode).not.toBe('host');
      for (const name of ['CapAdd', 'Devices', 'Binds', 'GroupAdd', 'DeviceRequests'])
        expect(HostConfig[name] ?? [], name).toEqual([]);
      expect(HostConfig.VolumesFrom ?? []).toHaveLength(kind === 'keeper' ? 1 : 0);
      expect(HostConfig.PortBindings ?? {}).toEqual({});
      expect(HostConfig.PidsLimit).toBeGreaterThan(0);
      expect(HostConfig.PidsLimit).toBeLessThanOrEqual(2048);
      expect(HostConfig.Memory).toBeGreaterThan(0);
      expect(HostConfig.Memory).toBeLessThanOrEqual(4 * 1024 ** 3);
      expect(HostConfig.NetworkMode).toBe(alone.includes(kind) ? 'none' : 'default');
      expect(Config.User).toBe('node');
      expect(Object.keys(Config.Labels)).toContainEqual(
        expect.stringMatching(/^claude-setup\.(?:role|purpose)$/),
      );
    }
  });

  // A login goes in or out by the archive API, which an engine refuses where the root can't be written.
  it.each(kinds)('%s: whether its root can be written is as the documentation says', (kind) => {
    const readOnly = (seen.get(kind) ?? []).map(({ HostConfig }) => HostConfig.ReadonlyRootfs);
    expect(new Set(readOnly)).toEqual(new Set([['job, read only', ...alone].includes(kind)]));
  });

  it.each(kinds)('%s: no token in anything that the engine says of it', (kind) => {
    const needles = needlesOf(Object.values(secrets));
    for (const { text } of seen.get(kind) ?? []) expect(findSecrets(kind, text, needles)).toEqual([]);
  });

  it('the kernel agrees, and the lease is there all the same', () => {
    expect(status).toContain(secrets.accessToken);
    expect(status).not.toContain(secrets.refreshToken);
    for (const name of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      expect(status).toMatch(new RegExp(`^${name}:\\s+0{16}$`, 'm'));
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    expect(status).toMatch(/^core: 0$/m);
    expect(output).toContain('refused');
  });
});
