import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { type Output, whyNoDocker } from '../docker/docker-cli.ts';
import { buildRequest, findTestEngine, nodeUserDockerfile } from '../support/engine-images.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import { type IssuerPlace, issuerInNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { unwrap } from '../support/results.ts';
import { startSwarm, type TestSwarm, whyNoSwarm } from '../support/swarm.ts';
import { makeTemporary } from '../support/temporary.ts';
import { outputOf, product } from './product.ts';

const image = 'claude-setup-test/lease-poller:swarm';

/** What a replica has seen (test/support/lease-poller.js). */
interface Seen {
  readonly first: number;
  readonly last: number;
  readonly looks: number;
  readonly bad: readonly string[];
  readonly logins: readonly string[];
  readonly file: string;
  readonly directory: string;
}

/** A swarm of one node, and the product with a profile `prod` whose login an issuer of its own has given. */
export interface SwarmWorld {
  readonly issuer: IssuerPlace['issuer'];
  readonly swarm: TestSwarm;
  run(...args: readonly string[]): Promise<Output>;
  /** `export … --push --json`, and what it reported. No token is in its output. */
  push(): Promise<Output & { readonly report: PushReport }>;
  /** Makes a service without containers, as the recipe has it, whose containers look at their login all the time. */
  createService(name: string, ...options: readonly string[]): Promise<void>;
  /** What each container that ever ran has seen. */
  seen(): Promise<readonly Seen[]>;
  /** Names of the secrets of a part, oldest first or not. */
  secretNames(part: 'login' | 'state'): Promise<readonly string[]>;
  close(): Promise<void>;
}

interface PushReport {
  readonly endsAt: string;
  readonly secrets: readonly string[];
  readonly services: readonly { readonly name: string; readonly outcome: string }[];
  readonly removed: readonly string[];
}

/** Why there can be none here, or null. */
export const whyNoSwarmWorld = async (): Promise<string | null> => (await whyNoDocker()) ?? whyNoSwarm();

export const makeSwarmWorld = async (): Promise<SwarmWorld> => {
  const cli = await realCliFolder();
  const poller = await readFile(new URL('../support/lease-poller.js', import.meta.url), 'utf8');
  const dockerfile = `${nodeUserDockerfile}COPY poller.js /opt/poller.js\nCMD ["node", "/opt/poller.js"]\n`;
  const engine = await findTestEngine();
  const request = buildRequest(image, dockerfile, { 'poller.js': poller });
  unwrap(await engine.build(request, () => {}, new AbortController().signal));
  const [place, temporary, swarm] = await Promise.all([issuerInNamespace(), makeTemporary(), startSwarm()]);
  await swarm.copyImage(image);

  const env: Readonly<Record<string, string>> = {
    ...temporary.env,
    PATH: `${cli}:${temporary.env.PATH}`,
    NODE_EXTRA_CA_CERTS: place.caFile,
    DOCKER_HOST: swarm.host,
  };
  const records = join(temporary.root, 'records');
  await mkdir(records);
  await chmod(records, 0o777);
  await mkdir(temporary.authDir, { mode: 0o700 });
  const account = { accountUuid: testAccount.uuid, emailAddress: testAccount.email };
  const files = {
    '.credentials.json': await place.issuer.signIn(),
    '.claude.json': JSON.stringify({ oauthAccount: account, hasCompletedOnboarding: true }),
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(temporary.authDir, name), content, { mode: 0o600 });

  const run = (...args: readonly string[]) => outputOf([...place.inside, ...product, ...args], env);
  const added = await run('profile', 'add', 'prod', '--dir', temporary.authDir, '--runtime', 'sandbox');
  expect(added.stderr).toBe('');

  return {
    issuer: place.issuer,
    swarm,
    run,
    async push() {
      const pushed = await run('export', 'prod', '--format', 'swarm', '--push', '--json');
      expect(pushed.stdout + pushed.stderr).not.toContain('sk-ant-');
      return { ...pushed, report: JSON.parse(pushed.stdout) };
    },
    async createService(name, ...options) {
      const recipe = await run('export', 'prod', '--format', 'swarm', '--image', image, '--service', name);
      const create = /^docker service create .*(?:\n {2}.*)*/m.exec(recipe.stdout)?.[0] ?? '';
      const more = ['--detach', '--mount', `type=bind,source=${records},target=/records`, ...options];
      const command = create.replace(`  ${image}`, `  ${more.join(' ')} ${image}`);
      await promisify(execFile)('sh', ['-c', command], { env });
    },
    async seen() {
      const names = (await readdir(records)).filter((name) => name.endsWith('.json'));
      return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(records, name), 'utf8'))));
    },
    async secretNames(part) {
      const filter = `label=claude-setup.part=${part}`;
      const listed = await swarm.docker('secret', 'ls', '--filter', filter, '--format', '{{.Name}}');
      return listed.split('\n').filter(Boolean);
    },
    async close() {
      await swarm.close();
      await place.close();
      await temporary.remove();
    },
  };
};
