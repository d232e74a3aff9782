import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { docker, type Output, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { testAccount } from '../support/issuer/ledger.ts';
import {
  type IssuerPlace,
  issuerInNamespace,
  issuerOnBridge,
  whyNoNamespace,
} from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { claudeSetup, configureImage, product } from './product.ts';

/** Where the product runs, with a profile `dev`, and what it has left there. */
interface World {
  readonly place: IssuerPlace;
  readonly temporary: Temporary;
  /** What the product is started with. */
  readonly inside: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Random kills that the place is quick enough for. */
  readonly kills: number;
  leftovers(): Promise<readonly string[]>;
}

const inSandbox = async (): Promise<World> => {
  const [place, temporary, cli] = await Promise.all([issuerInNamespace(), makeTemporary(), realCliFolder()]);
  return {
    place,
    temporary,
    inside: place.inside,
    env: { ...temporary.env, PATH: `${cli}:${temporary.env.PATH}`, NODE_EXTRA_CA_CERTS: place.caFile },
    kills: Number(process.env.CLAUDE_SETUP_TEST_KILLS || 20),
    leftovers: () => readdir(join(temporary.setupHome, 'refreshes')).catch(() => []),
  };
};

const inDocker = async (): Promise<World> => {
  const [place, temporary] = await Promise.all([issuerOnBridge(), makeTemporary()]);
  await configureImage(temporary.setupHome, {
    base: testBase,
    caFile: place.caFile,
    extraHosts: place.extraHosts,
  });
  const built = await claudeSetup(['build'], temporary.env);
  expect(built.stderr + built.stdout).toMatch(/was built|is up to date/);
  // Of this settings home only: others may be at work on the same engine.
  const homeLabel = createHash('sha256').update(temporary.setupHome).digest('hex').slice(0, 12);
  return {
    place,
    temporary,
    inside: [],
    env: temporary.env,
    kills: 4,
    leftovers: async () =>
      (await docker('ps', '-aq', '--filter', `label=claude-setup.home=${homeLabel}`)).stdout
        .split('\n')
        .filter(Boolean),
  };
};

describe.each([
  ['sandbox', inSandbox, await whyNoNamespace()],
  ['docker', inDocker, await whyNoDocker()],
] as const)('refresh with the real CLI: %s', (runtime, makeWorld, reason) => {
  describe.skipIf(reason !== null)(reason ?? 'stand-in issuer', () => {
    let world: World;
    let authDir: string;
    let file: string;
    let seen = 0;

    beforeAll(async () => {
      world = await makeWorld();
      authDir = world.temporary.authDir;
      file = join(authDir, '.credentials.json');
      await mkdir(authDir, { mode: 0o700 });
      await writeFile(file, await world.place.issuer.signIn(), { mode: 0o600 });
      const account = { accountUuid: testAccount.uuid, emailAddress: testAccount.email };
      await writeFile(join(authDir, '.claude.json'), JSON.stringify({ oauthAccount: account }), {
        mode: 0o600,
      });
      const added = await claudeSetup(
        ['profile', 'add', 'dev', '--dir', authDir, '--runtime', runtime],
        world.env,
      );
      expect(added.stderr).toBe('');
    });
    afterAll(async () => {
      await world?.place.close();
      await world?.temporary.remove();
    });
    beforeEach(async () => {
      await world.place.issuer.behave({ answer: 'normal', delayMs: 0, expiresIn: 8 * 3600 });
      await writeFile(file, await world.place.issuer.signIn(), { mode: 0o600 });
      seen = (await world.place.issuer.calls()).length;
    });

    const command = (...args: readonly string[]): readonly [string, readonly string[]] => {
      const [program = '', ...rest] = [...world.inside, ...product, ...args];
      return [program, rest];
    };
    const run = (...args: readonly string[]): Promise<Output> =>
      new Promise((resolve) => {
        const [program, rest] = command(...args);
        const child = execFile(program, rest, { env: world.env }, (error, stdout, stderr) =>
          resolve({
            status: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
            stdout,
            stderr,
          }),
        );
        child.stdin?.end();
      });
    const stored = async () => JSON.parse(await readFile(file, 'utf8')).claudeAiOauth;
    /** Refresh grants since the test began: how many were given, and how many refused. */
    const grants = async () => {
      const asked = (await world.place.issuer.calls())
        .slice(seen)
        .filter(({ grant }) => grant === 'refresh_token');
      return {
        given: asked.filter(({ status }) => status === 200).length,
        refused: asked.filter(({ status }) => status === 400).length,
      };
    };

    it('keeps the new tokens, and does nothing while they are fresh', async () => {
      const before = await stored();
      const first = await run('refresh', 'dev', '--json');
      expect(first).toMatchObject({ status: 0 });
      expect(JSON.parse(first.stdout)).toMatchObject({ profile: 'dev', outcome: 'refreshed' });
      const after = await stored();
      expect(after.refreshToken).not.toBe(before.refreshToken);
      expect(await world.place.issuer.accepts(after.accessToken)).toBe(true);
      // The CLI counts it anew from whole seconds.
      expect(Math.abs(after.refreshTokenExpiresAt - before.refreshTokenExpiresAt)).toBeLessThan(2000);
      expect(JSON.parse((await run('refresh', 'dev', '--json')).stdout)).toMatchObject({ outcome: 'fresh' });
      expect(await grants()).toEqual({ given: 1, refused: 0 });
      expect(JSON.parse((await run('refresh', 'dev', '--force', '--json')).stdout)).toMatchObject({
        outcome: 'refreshed',
      });
      expect(await grants()).toEqual({ given: 2, refused: 0 });
      expect(await world.leftovers()).toEqual([]);
    });

    it('leaves the stored login byte for byte when it is refused, and says so from then on', async () => {
      await world.place.issuer.behave({ answer: 'refuse' });
      const before = await readFile(file);
      const refused = await run('refresh', 'dev', '--json');
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'refresh.refused' } });
      expect(await readFile(file)).toEqual(before);
      expect(await world.leftovers()).toEqual([]);
      const report = JSON.parse((await run('check', 'dev', '--json')).stdout);
      expect(report.findings).toContainEqual(expect.objectContaining({ id: 'token.login', status: 'fail' }));
      await writeFile(file, await world.place.issuer.signIn());
      const renewed = JSON.parse((await run('check', 'dev', '--json')).stdout);
      expect(renewed.findings).toContainEqual(expect.objectContaining({ id: 'token.login', status: 'pass' }));
    });

    it('changes nothing while the issuer does not answer, and the login is good afterwards', async () => {
      await world.place.issuer.behave({ answer: 'down' });
      const before = await readFile(file);
      const unanswered = await run('refresh', 'dev', '--json');
      expect(unanswered.status).toBe(1);
      expect(JSON.parse(unanswered.stdout)).toMatchObject({ error: { code: 'refresh.unanswered' } });
      expect(await readFile(file)).toEqual(before);
      expect(await world.leftovers()).toEqual([]);
      await world.place.issuer.behave({ answer: 'normal' });
      expect(await run('refresh', 'dev')).toMatchObject({ status: 0 });
    });

    it('waits for an issuer that takes twelve seconds', async () => {
      await world.place.issuer.behave({ delayMs: 12_000 });
      expect(await run('refresh', 'dev')).toMatchObject({ status: 0 });
      expect(await world.place.issuer.accepts((await stored()).accessToken)).toBe(true);
      expect(await grants()).toEqual({ given: 1, refused: 0 });
    });

    it('ten at once ask the issuer once', async () => {
      await world.place.issuer.behave({ delayMs: 1000 });
      const all = await Promise.all(Array.from({ length: 10 }, () => run('refresh', 'dev', '--json')));
      expect(all.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 0));
      const outcomes = all.map(({ stdout }) => JSON.parse(stdout).outcome);
      expect(outcomes.filter((outcome) => outcome === 'refreshed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'fresh')).toHaveLength(9);
      expect(await grants()).toEqual({ given: 1, refused: 0 });
      expect(await world.leftovers()).toEqual([]);
    });

    const start = () => {
      const [program, rest] = command('refresh', 'dev', '--force');
      return spawn(program, rest, { env: world.env, stdio: 'ignore' });
    };

    it('takes over the tokens that the CLI got after we were killed', async () => {
      await world.place.issuer.behave({ delayMs: 3000 });
      const child = start();
      const gone = once(child, 'exit');
      await expect
        .poll(async () => (await world.leftovers()).length, { interval: 10, timeout: 30_000 })
        .toBe(1);
      child.kill('SIGKILL');
      await gone;
      const next = await run('refresh', 'dev', '--json');
      expect(next.status).toBe(0);
      expect(await world.place.issuer.accepts((await stored()).accessToken)).toBe(true);
      expect(await grants()).toEqual({ given: 1, refused: 0 });
      expect(await world.leftovers()).toEqual([]);
    });

    it('brings the tokens home before a rename, under which nobody would look for them', async () => {
      await world.place.issuer.behave({ delayMs: 3000 });
      const child = start();
      const gone = once(child, 'exit');
      await expect
        .poll(async () => (await world.leftovers()).length, { interval: 10, timeout: 30_000 })
        .toBe(1);
      child.kill('SIGKILL');
      await gone;
      const renamed = await run('profile', 'rename', 'dev', 'work');
      expect(renamed.stderr).toContain('Taking over a refresh of dev that was cut off');
      expect(renamed.status).toBe(0);
      expect(await world.place.issuer.accepts((await stored()).accessToken)).toBe(true);
      expect(await grants()).toEqual({ given: 1, refused: 0 });
      expect(await world.leftovers()).toEqual([]);
      expect(await run('profile', 'rename', 'work', 'dev')).toMatchObject({ status: 0 });
    });

    it('loses no login to kills at any moment', async () => {
      const took = performance.now();
      await run('refresh', 'dev', '--force');
      const whole = performance.now() - took;
      const outcomes = new Map<string, number>();
      for (let kill = 0; kill < world.kills; kill += 1) {
        const child = start();
        const gone = once(child, 'exit');
        await Promise.race([gone, delay(Math.random() * whole)]);
        child.kill('SIGKILL');
        await gone;
        const next = await run('refresh', 'dev', '--json');
        expect(next, `kill ${kill}`).toMatchObject({ status: 0 });
        const { outcome } = JSON.parse(next.stdout);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        expect(await world.place.issuer.accepts((await stored()).accessToken), `kill ${kill}`).toBe(true);
      }
      // What is stored must be what the issuer gave last, or this is the second use of a spent token.
      expect(await run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
      expect((await grants()).refused).toBe(0);
      // Enough kills hit every part of a refresh.
      const recovered = outcomes.get('recovered') ?? 0;
      if (world.kills >= 20) expect(recovered, JSON.stringify([...outcomes])).toBeGreaterThan(0);
      expect(await world.leftovers()).toEqual([]);
    });
  });
});
