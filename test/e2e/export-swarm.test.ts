import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Output, whyNoDocker } from '../docker/docker-cli.ts';
import { buildRequest, findTestEngine, nodeUserDockerfile } from '../support/engine-images.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { type IssuerPlace, issuerInNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { unwrap } from '../support/results.ts';
import { startSwarm, type TestSwarm, whyNoSwarm } from '../support/swarm.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { product } from './product.ts';

const reason = (await whyNoDocker()) ?? (await whyNoSwarm());
const replicas = Number(process.env.CLAUDE_SETUP_TEST_REPLICAS || 10);
const image = 'claude-setup-test/lease-poller:swarm';
/** How long the first lease is good: past its end no replica may have it. */
const firstLeaseS = 40;

interface Record {
  readonly first: number;
  readonly last: number;
  readonly looks: number;
  readonly bad: readonly string[];
  readonly logins: readonly string[];
  readonly file: string;
  readonly directory: string;
}

describe.skipIf(reason !== null)(
  reason ?? 'a swarm of one node, with the real CLI and a stand-in issuer',
  () => {
    let place: IssuerPlace & { readonly inside: readonly string[] };
    let temporary: Temporary;
    let swarm: TestSwarm;
    let env: { readonly [name: string]: string };
    let records: string;

    beforeAll(async () => {
      const cli = await realCliFolder();
      const poller = await readFile(new URL('../support/lease-poller.js', import.meta.url), 'utf8');
      const dockerfile = `${nodeUserDockerfile}COPY poller.js /opt/poller.js\nCMD ["node", "/opt/poller.js"]\n`;
      const engine = await findTestEngine();
      const request = buildRequest(image, dockerfile, { 'poller.js': poller });
      unwrap(await engine.build(request, () => {}, new AbortController().signal));
      [place, temporary, swarm] = await Promise.all([issuerInNamespace(), makeTemporary(), startSwarm()]);
      await swarm.copyImage(image);
      env = {
        ...temporary.env,
        PATH: `${cli}:${temporary.env.PATH}`,
        NODE_EXTRA_CA_CERTS: place.caFile,
        DOCKER_HOST: swarm.host,
      };
      records = join(temporary.root, 'records');
      await mkdir(records);
      await chmod(records, 0o777);
      await mkdir(temporary.authDir, { mode: 0o700 });
      await place.issuer.behave({ expiresIn: firstLeaseS });
      const login = await place.issuer.signIn();
      await writeFile(join(temporary.authDir, '.credentials.json'), login, { mode: 0o600 });
      const account = { accountUuid: testAccount.uuid, emailAddress: testAccount.email };
      await writeFile(
        join(temporary.authDir, '.claude.json'),
        JSON.stringify({ oauthAccount: account, hasCompletedOnboarding: true }),
        { mode: 0o600 },
      );
      const added = await run('profile', 'add', 'prod', '--dir', temporary.authDir, '--runtime', 'sandbox');
      expect(added.stderr).toBe('');
    }, 180_000);
    afterAll(async () => {
      await swarm?.close();
      await place?.close();
      await temporary?.remove();
    }, 60_000);

    const run = (...args: readonly string[]): Promise<Output> =>
      new Promise((resolve) => {
        const [program = '', ...rest] = [...place.inside, ...product, ...args];
        const child = execFile(program, rest, { env }, (error, stdout, stderr) =>
          resolve({
            status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
            stdout,
            stderr,
          }),
        );
        child.stdin?.end();
      });
    const push = async (...more: readonly string[]) => {
      const pushed = await run('export', 'prod', '--format', 'swarm', '--push', '--json', ...more);
      expect(pushed.stdout + pushed.stderr).not.toContain('sk-ant-');
      return { ...pushed, report: JSON.parse(pushed.stdout) };
    };
    const recordsOf = async (): Promise<readonly Record[]> => {
      const names = (await readdir(records)).filter((name) => name.endsWith('.json'));
      return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(records, name), 'utf8'))));
    };
    const secretNames = async (part: string) =>
      (
        await swarm.docker(
          'secret',
          'ls',
          '--filter',
          `label=claude-setup.part=${part}`,
          '--format',
          '{{.Name}}',
        )
      )
        .split('\n')
        .filter(Boolean);
    const runningTasks = async (service: string) =>
      (await swarm.docker('service', 'ps', '-q', '--filter', 'desired-state=running', service))
        .split('\n')
        .sort();
    const createService = (name: string, ...more: readonly string[]) =>
      swarm.docker(
        ...['service', 'create', '--detach', '--name', name, '--label', 'claude-setup.profile=prod'],
        ...['--user', '1000:1000', '--init', '--cap-drop', 'ALL'],
        ...['--env', 'CLAUDE_CONFIG_DIR=/home/node/.claude'],
        ...['--mount', `type=bind,source=${records},target=/records`],
        ...more,
        image,
      );

    it(`rotates ${replicas} replicas, none of them ever without a valid lease`, async () => {
      const began = performance.now();
      await createService('worker', '--replicas', '0', '--update-order', 'start-first');
      const first = await push();
      expect(first).toMatchObject({
        status: 0,
        report: { services: [{ name: 'worker', outcome: 'updated' }] },
      });
      await swarm.docker('service', 'scale', `worker=${replicas}`);
      await expect.poll(async () => (await recordsOf()).length, { timeout: 60_000 }).toBe(replicas);
      const allUp = Date.now();

      await place.issuer.behave({ expiresIn: 8 * 3600 });
      const started = performance.now();
      const rotated = await push();
      const took = performance.now() - started;
      expect(rotated).toMatchObject({
        status: 0,
        report: { services: [{ name: 'worker', outcome: 'updated' }] },
      });
      expect(rotated.report.secrets).not.toEqual(first.report.secrets);
      const rotatedAt = Date.now();

      // On until the first lease has ended.
      const firstEnd = Date.parse(first.report.endsAt);
      await expect
        .poll(async () => Math.max(...(await recordsOf()).map(({ last }) => last)), {
          timeout: 90_000,
          interval: 250,
        })
        .toBeGreaterThan(firstEnd + 1000);
      const all = await recordsOf();
      expect(all).toHaveLength(2 * replicas);
      expect(all.flatMap(({ bad }) => bad)).toEqual([]);
      for (const { file, directory, logins } of all) {
        expect([file, directory]).toEqual(['1000:1000 400', '1000:1000 700']);
        expect(logins).toHaveLength(1);
      }
      expect(new Set(all.flatMap(({ logins }) => logins)).size).toBe(2);
      // At each look of each replica, how many replicas were there: a start-first update never has fewer.
      const moments = all
        .flatMap(({ first: from, last }) => [from, last])
        .filter((at) => at >= allUp && at < firstEnd);
      const together = (at: number) => all.filter((one) => one.first <= at && at <= one.last).length;
      expect(Math.min(...moments.map(together))).toBeGreaterThanOrEqual(replicas);
      const left = firstEnd - rotatedAt;
      expect(left).toBeGreaterThan(0);

      const looks = all.reduce((sum, one) => sum + one.looks, 0);
      process.stdout.write(
        `swarm: ${replicas} replicas rotated in ${(took / 1000).toFixed(1)} s, ${looks} looks, 0 bad, ${(left / 1000).toFixed(0)} s before the old lease ended; test ${((performance.now() - began) / 1000).toFixed(0)} s\n`,
      );
    }, 180_000);

    it('does nothing when nothing changed', async () => {
      const [tasks, secrets] = [await runningTasks('worker'), await secretNames('login')];
      expect(await push()).toMatchObject({
        status: 0,
        report: { services: [{ outcome: 'current' }], removed: [] },
      });
      expect([await runningTasks('worker'), await secretNames('login')]).toEqual([tasks, secrets]);
    }, 60_000);

    it('rotates from the hook of a watch, and keeps only the last two versions', async () => {
      await swarm.docker('service', 'scale', 'worker=1');
      const before = await secretNames('login');
      expect(before).toHaveLength(2);
      const hook = `${product.join(' ')} export prod --format swarm --push`;
      const watched = await run('watch', 'prod', '--once', '--margin', '9h', '--on-change', hook);
      expect(watched.stdout + watched.stderr).not.toContain('sk-ant-');
      expect(watched).toMatchObject({ status: 0 });
      const after = await secretNames('login');
      expect(after).toHaveLength(2);
      expect(after.filter((name) => before.includes(name))).toHaveLength(1);
      expect(await secretNames('state')).not.toHaveLength(0);
    }, 120_000);

    it('two pushes at once end as one', async () => {
      await place.issuer.behave({ delayMs: 1000 });
      expect(await run('refresh', 'prod', '--force')).toMatchObject({ status: 0 });
      const [one, other] = await Promise.all([push(), push()]);
      expect([one.status, other.status]).toEqual([0, 0]);
      expect(one.report.secrets).toEqual(other.report.secrets);
      expect(await secretNames('login')).toHaveLength(2);
    }, 60_000);

    it('takes an update back that its containers do not survive', async () => {
      await createService('picky', '--env', 'ONLY_LOGIN=1', '--restart-condition', 'none');
      const first = await push();
      expect(first.report.services).toContainEqual(expect.objectContaining({ name: 'picky' }));
      await swarm.docker('service', 'rm', 'worker');
      const [working] = first.report.secrets;
      expect(await run('refresh', 'prod', '--force')).toMatchObject({ status: 0 });
      const failed = await push();
      expect(failed.status).toBe(1);
      expect(failed.report.services).toEqual([
        { name: 'picky', outcome: 'failed', error: expect.objectContaining({ code: 'swarm.update-failed' }) },
      ]);
      const spec = JSON.parse(await swarm.docker('service', 'inspect', 'picky'))[0].Spec.TaskTemplate
        .ContainerSpec;
      expect(spec.Secrets.map(({ SecretName }: { SecretName: string }) => SecretName)).toContain(working);
      expect(await secretNames('login')).toContain(working);
    }, 120_000);
  },
);
