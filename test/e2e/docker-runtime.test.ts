import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { toWorkingCopy } from '../../src/domain/working-copy.ts';
import { jobContract } from '../contract/job-contract.ts';
import { runtimeContract } from '../contract/runtime-contract.ts';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { buildStandInImage, findTestEngine } from '../support/engine-images.ts';
import { expectFailure, unwrap } from '../support/results.ts';

const run = promisify(execFile);
const reason = await whyNoDocker();
const home = `/home/of/contract/${process.pid}`;
describe.skipIf(reason !== null)(`the docker runtime (${reason ?? 'real engine'})`, () => {
  const makeWorld = async (tag: string, sealed = false) => {
    const engine = await findTestEngine();
    // Different images, because containers are told apart by them.
    const good = await buildStandInImage(engine, `claude-setup-test/engine:${tag}`, { STAND_IN_WORLD: tag });
    const hang = await buildStandInImage(engine, `claude-setup-test/engine:${tag}-hanging`, {
      STAND_IN_WORLD: tag,
      STAND_IN_MODE: 'hang',
    });
    const isSealed = async () => sealed;
    const runtime = (image: string, home: string) =>
      createDockerRuntime({ engine, image, extraHosts: [], home, clock: systemClock, isSealed });
    return {
      runtime: () => runtime(good, home),
      stranger: () => runtime(good, '/home/of/a/stranger'),
      hanging: () => runtime(hang, home),
      sessionsSurvive: true,
      leftovers: async () => {
        const found = await Promise.all(
          [good, hang].map((image) =>
            docker('ps', '-a', '--filter', `ancestor=${image}`, '--format', '{{.Names}}'),
          ),
        );
        return found.flatMap(({ stdout }) => stdout.split('\n')).filter((name) => name !== '');
      },
      close: async () => {
        await docker('image', 'rm', good, hang);
      },
    };
  };
  runtimeContract('docker', () => makeWorld('stand-in'));
  jobContract('docker', () => makeWorld('jobs'));

  describe('with a sealed profile', () => {
    runtimeContract('docker', () => makeWorld('sealed', true));
    jobContract('docker', () => makeWorld('sealed-jobs', true));

    it('puts nothing of its login on a disk, and leaves nothing in memory', async () => {
      const world = await makeWorld('sealed-disk', true);
      const login = {
        claudeAiOauth: { accessToken: 'sk-ant-oat01-TESTdisk', refreshToken: 'sk-ant-ort01-TESTdisk' },
      };
      const signal = new AbortController().signal;
      const volumes = async () => (await docker('volume', 'ls', '-q')).stdout.split('\n').length;
      const before = await volumes();
      const copy = unwrap(
        await world.runtime().startRefresh('kept', toWorkingCopy(login, null, Date.now()), signal),
      );
      expect(unwrap(await copy.settled(60_000, signal))).toBe(true);
      // Its program has ended, and what it has written is there.
      const written = unwrap(await copy.read('.credentials.json', 10_000));
      expect(new TextDecoder().decode(written ?? undefined)).toContain('sk-ant-o');
      const { stdout: layer } = await docker(
        'inspect',
        '--format',
        '{{.GraphDriver.Data.UpperDir}}',
        copy.id,
      );
      const found = await run('grep', ['-rl', 'sk-ant-o', layer.trim()]).catch((error) => error);
      // 1: looked through, and not found.
      expect([found.code, found.stdout]).toEqual([1, '']);
      const { stdout: mounts } = await docker('inspect', '--format', '{{json .Mounts}}', copy.id);
      const [volume] = JSON.parse(mounts);
      const { stdout: kind } = await run('stat', ['--file-system', '--format=%T', volume.Source]);
      expect(kind.trim()).toBe('tmpfs');
      expect(await world.leftovers()).toHaveLength(2);
      unwrap(await copy.remove());
      expect(await world.leftovers()).toEqual([]);
      expect(await volumes()).toBe(before);
      await world.close();
    });

    it('removes what keeps the memory of a container that somebody else has removed', async () => {
      const world = await makeWorld('sealed-alone', true);
      const login = {
        claudeAiOauth: { accessToken: 'sk-ant-oat01-TESTalone', refreshToken: 'sk-ant-ort01-TESTalone' },
      };
      const signal = new AbortController().signal;
      const copy = unwrap(
        await world.runtime().startRefresh('alone', toWorkingCopy(login, null, Date.now()), signal),
      );
      unwrap(await copy.settled(60_000, signal));
      await docker('rm', '--force', copy.id);
      expect(await world.leftovers()).toHaveLength(1);
      expect(unwrap(await world.runtime().removeLeftJobs())).toBe(0);
      expect(await world.leftovers()).toEqual([]);
      await world.close();
    });
  });

  it('keeps a sign-in that a killed process began, with its files and its session', async () => {
    const engine = await findTestEngine();
    const image = await buildStandInImage(engine, 'claude-setup-test/engine:killed');
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('sign-in-and-wait.ts', import.meta.url)), image, home],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const output = createInterface(child.stdout)[Symbol.asyncIterator]();
    expect((await output.next()).value).toBe('at the prompt');
    child.kill('SIGKILL');
    await once(child, 'exit');

    const runtime = createDockerRuntime({ engine, image, extraHosts: [], home, clock: systemClock });
    const [run, ...others] = unwrap(await runtime.findSignIns('killed', { columns: 80, rows: 24 }));
    expect(others).toEqual([]);
    run?.session?.write('TESTcode#TESTstate\r');
    expect(await run?.session?.ended).toEqual({ exitCode: 0 });
    const [again] = unwrap(await runtime.findSignIns('killed', { columns: 80, rows: 24 }));
    expect(again?.session).toBeNull();
    expect(unwrap((await again?.stat('.credentials.json')) ?? { ok: true, value: null })?.kind).toBe('file');
    unwrap((await again?.remove()) ?? { ok: true, value: undefined });
    await docker('image', 'rm', image);
  });

  it('says that its image is missing', async () => {
    const engine = await findTestEngine();
    const image = 'claude-setup-test/engine:never-built';
    const runtime = createDockerRuntime({
      engine,
      image,
      extraHosts: [],
      home: '/nowhere',
      clock: systemClock,
    });
    const signal = new AbortController().signal;
    expectFailure(await runtime.prepare(() => {}, signal), 'image.missing');
    const profile = { name: 'dev', authDir: '/nowhere', runtime: 'docker', leaveOut: null } as const;
    const size = { columns: 80, rows: 24 };
    expectFailure(
      await runtime.startSignIn({ profile, method: 'auth-login', size }, signal),
      'image.missing',
    );
    expect(unwrap(await runtime.findSignIns('dev', size))).toEqual([]);
  });
});
