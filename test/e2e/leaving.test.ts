import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { startFakeDaemon } from '../support/fake-daemon.ts';
import { loginText, stateText } from '../support/logins.ts';
import { temporary } from '../support/temporary.ts';
import { claudeSetup, product } from './product.ts';

/** A command whose engine takes the call that makes its container and never answers it. */
const startHanging = async () => {
  const { authDir, env } = await temporary();
  await mkdir(authDir, { mode: 0o700 });
  await writeFile(join(authDir, '.credentials.json'), loginText('dev'), { mode: 0o600 });
  await writeFile(join(authDir, '.claude.json'), stateText('dev'), { mode: 0o600 });
  expect(
    await claudeSetup(['profile', 'add', 'dev', '--dir', authDir, '--runtime', 'docker'], env),
  ).toMatchObject({
    status: 0,
  });
  const asked = Promise.withResolvers<void>();
  const image = {
    Id: 'sha256:1',
    Created: '2026-11-24T08:00:00Z',
    Size: 1,
    RepoTags: [],
    Config: { User: '1000' },
  };
  const daemon = await startFakeDaemon({
    'GET /images/mine/json': image,
    'GET /containers/json': [],
    'GET /info': {},
    'POST /containers/create': () => asked.resolve(),
  });
  const [node = '', ...rest] = product;
  const child = spawn(node, [...rest, 'run', 'dev', '--image', 'mine', '--', 'true'], {
    env: { ...env, DOCKER_HOST: `unix://${daemon.socket}` },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [exit, said] = [once(child, 'exit'), text(child.stderr)];
  await Promise.race([asked.promise, exit]);
  return { child, ended: async () => ({ code: (await exit)[0], said: await said }) };
};

it('Ctrl+C ends a command soon whose engine does not answer, and says what it waits for', async () => {
  const { child, ended } = await startHanging();
  const startedAt = performance.now();
  child.kill('SIGINT');
  const { code, said } = await ended();
  expect(code).toBe(130);
  expect(said).toContain('Ctrl+C again leaves at once');
  expect(said).toContain('the engine gave no answer within 5 s');
  // The limit of that call is a minute.
  expect(performance.now() - startedAt).toBeLessThan(30_000);
});

it('a second Ctrl+C leaves at once', async () => {
  const { child, ended } = await startHanging();
  child.kill('SIGINT');
  const startedAt = performance.now();
  child.stderr.once('data', () => child.kill('SIGINT'));
  const { code, said } = await ended();
  expect(code).toBe(130);
  expect(said).not.toContain('no answer within');
  expect(performance.now() - startedAt).toBeLessThan(5000);
});
