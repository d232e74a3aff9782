import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createSandboxRuntime } from '../../../src/adapters/sandbox/runtime.ts';
import type { Runtime } from '../../../src/ports/runtime.ts';
import { jobContract } from '../../contract/job-contract.ts';
import { runtimeContract } from '../../contract/runtime-contract.ts';
import { expectFailure } from '../../support/results.ts';
import { installStandIn } from '../../support/stand-in-cli/install.ts';
import { makeTemporary } from '../../support/temporary.ts';

const sandbox = (home: string, bin: string, env: Record<string, string>): Runtime =>
  createSandboxRuntime({
    home,
    env: { ...env, PATH: `${bin}:${env.PATH}`, XDG_RUNTIME_DIR: join(home, '..', 'run') },
    platform: 'linux',
    uid: process.getuid?.() ?? null,
    clock: systemClock,
  });

const makeWorld = async () => {
  const { root, setupHome, env, remove } = await makeTemporary();
  await mkdir(join(root, 'run'), { mode: 0o700 });
  const bin = join(root, 'bin');
  const hangingBin = join(root, 'hanging-bin');
  await installStandIn(bin);
  await installStandIn(hangingBin, { STAND_IN_MODE: 'hang' });
  return {
    runtime: () => sandbox(setupHome, bin, env),
    stranger: () => sandbox(join(root, 'other'), bin, env),
    hanging: () => sandbox(setupHome, hangingBin, env),
    sessionsSurvive: false,
    leftovers: async () => [
      ...(await readdir(join(setupHome, 'sign-ins')).catch(() => [])),
      ...(await readdir(join(setupHome, 'refreshes')).catch(() => [])),
      ...(await readdir(join(root, 'run'))),
    ],
    close: remove,
  };
};

runtimeContract('sandbox', makeWorld);
jobContract('sandbox', makeWorld);

it('says on macOS why a container is needed there', async () => {
  const mac = createSandboxRuntime({
    home: '/nowhere',
    env: {},
    platform: 'darwin',
    uid: 501,
    clock: systemClock,
  });
  const signal = new AbortController().signal;
  expect(expectFailure(await mac.prepare(() => undefined, signal), 'cli.missing')).toContain('Keychain');
});
