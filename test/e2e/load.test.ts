import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { whyNoDocker } from '../docker/docker-cli.ts';
import { findTestEngine } from '../support/engine-images.ts';
import { loginText, stateText } from '../support/logins.ts';
import { installRenewingCli } from '../support/renewing-cli.ts';
import { reportTrials, soak } from '../support/soak.ts';
import { temporary } from '../support/temporary.ts';
import { makeFaultImage } from './fault-world.ts';
import { claudeSetup, configureImage } from './product.ts';

/** Of each command. */
const many = soak ? 100 : 8;
/** Of the runs, one in so many in a container. */
const inContainer = 10;

const noDocker = await whyNoDocker();

it(`${many} runs and ${many} checks at once: one refresh for all of them, each with its own end, and nothing left`, {
  timeout: 1_800_000,
}, async ({ onTestFinished }) => {
  const { root, env, authDir, setupHome } = await temporary();
  const log = join(root, 'renewals');
  const memory = join(root, 'memory');
  for (const folder of [memory, authDir]) await mkdir(folder, { mode: 0o700 });
  await installRenewingCli(join(root, 'bin'), log);
  const world = { ...env, PATH: `${join(root, 'bin')}:${env.PATH}`, XDG_RUNTIME_DIR: memory };
  const file = join(authDir, '.credentials.json');
  await writeFile(file, loginText('before', Date.now() + 600_000), { mode: 0o600 });
  await writeFile(join(authDir, '.claude.json'), stateText('before'), { mode: 0o600 });
  const added = await claudeSetup(['profile', 'add', 'dev', '--dir', authDir, '--runtime', 'sandbox'], world);
  expect(added.status, added.stderr).toBe(0);
  const image = noDocker === null ? await makeFaultImage(await findTestEngine()) : null;
  onTestFinished(async () => image?.remove());
  if (image !== null) await configureImage(setupHome, image.settings);

  const say = 'cat "$CLAUDE_CONFIG_DIR/.credentials.json"; exit ';
  const run = async (index: number) => {
    const status = (index % 50) + 1;
    const docker = image !== null && index % inContainer === 0 ? ['--runtime', 'docker'] : [];
    const ended = await claudeSetup(['run', 'dev', ...docker, '--', 'sh', '-c', say + status], world);
    expect(ended.status, ended.stderr).toBe(status);
    return JSON.parse(ended.stdout).claudeAiOauth;
  };
  const check = async () => {
    const ended = await claudeSetup(['check', 'dev', '--json'], world);
    expect(ended.status, ended.stdout + ended.stderr).toBe(0);
    expect(JSON.parse(ended.stdout).status).not.toBe('fail');
  };
  const start = performance.now();
  const leases = Array.from({ length: many }, (_, index) => run(index));
  const checks = Array.from({ length: many }, check);
  const [given] = await Promise.all([Promise.all(leases), Promise.all(checks)]);
  const took = Math.round((performance.now() - start) / 1000);

  const stored = JSON.parse(await readFile(file, 'utf8')).claudeAiOauth;
  expect(await readFile(log, 'utf8')).toBe('renewed\n');
  for (const lease of given) {
    expect(lease.accessToken).toBe(stored.accessToken);
    expect(lease.refreshToken ?? '').toBe('');
  }
  expect(await readdir(memory)).toEqual([]);
  const left = (await readdir(setupHome, { recursive: true })).filter((name) =>
    /(?:locks|tmp|refreshes)\/./.test(name),
  );
  expect(left).toEqual([]);
  reportTrials(
    `load: ${many} runs (${image === null ? 0 : Math.ceil(many / inContainer)} in containers) and ${many} checks at once, 1 refresh, 0 failed, ${took} s on ${availableParallelism()} cores`,
  );
});
