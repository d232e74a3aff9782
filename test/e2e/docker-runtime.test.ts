import { describe, expect, it } from 'vitest';
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { runtimeContract } from '../contract/runtime-contract.ts';
import { docker, whyNoDocker } from '../docker/docker-cli.ts';
import { buildStandInImage, findTestEngine } from '../support/engine-images.ts';
import { expectFailure, unwrap } from '../support/results.ts';

const reason = await whyNoDocker();
const clock = {
  now: () => Date.now(),
  wait: async (milliseconds: number, signal?: AbortSignal) => {
    const { setTimeout: delay } = await import('node:timers/promises');
    await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

describe.skipIf(reason !== null)(`the docker runtime (${reason ?? 'real engine'})`, () => {
  runtimeContract('docker', async () => {
    const engine = await findTestEngine();
    const good = await buildStandInImage(engine, 'claude-setup-test/engine:stand-in');
    const hang = await buildStandInImage(engine, 'claude-setup-test/engine:hanging', {
      STAND_IN_MODE: 'hang',
    });
    const runtime = (image: string, home: string) =>
      createDockerRuntime({ engine, image, extraHosts: [], home, clock });
    const home = `/home/of/contract/${process.pid}`;
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
  });

  it('says that its image is missing', async () => {
    const engine = await findTestEngine();
    const image = 'claude-setup-test/engine:never-built';
    const runtime = createDockerRuntime({ engine, image, extraHosts: [], home: '/nowhere', clock });
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
