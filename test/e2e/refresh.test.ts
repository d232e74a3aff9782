import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNoDocker } from '../docker/docker-cli.ts';
import { refreshGrants } from '../support/issuer/grants.ts';
import {
  type IssuerPlace,
  issuerInNamespace,
  issuerOnBridge,
  whyNoNamespace,
} from '../support/issuer/places.ts';
import { buildSetupImage, type LoginWorld, makeLoginWorld } from './login-world.ts';
import { containersOf } from './product.ts';

/** Where the product runs, with a profile `dev`, and what it has left there. */
interface World {
  readonly place: IssuerPlace;
  readonly login: LoginWorld;
  /** Random kills that the place is quick enough for. */
  readonly kills: number;
  leftovers(): Promise<readonly string[]>;
}

const inSandbox = async (): Promise<World> => {
  const place = await issuerInNamespace();
  const login = await makeLoginWorld(place);
  return {
    place,
    login,
    kills: Number(process.env.CLAUDE_SETUP_TEST_KILLS || 20),
    leftovers: () => readdir(join(login.temporary.setupHome, 'refreshes')).catch(() => []),
  };
};

const inDocker = async (): Promise<World> => {
  const bridge = await issuerOnBridge();
  const place = { ...bridge, inside: [] };
  const login = await makeLoginWorld(place, 'docker');
  await buildSetupImage(login, bridge);
  return { place, login, kills: 4, leftovers: () => containersOf(login.temporary.setupHome) };
};

describe.each([
  ['sandbox', inSandbox, await whyNoNamespace()],
  ['docker', inDocker, await whyNoDocker()],
] as const)('refresh with the real CLI: %s', (_runtime, makeWorld, reason) => {
  describe.skipIf(reason !== null)(reason ?? 'stand-in issuer', () => {
    let world: World;
    let file: string;
    let seen = 0;

    beforeAll(async () => {
      world = await makeWorld();
      file = join(world.login.temporary.authDir, '.credentials.json');
    });
    afterAll(async () => {
      await world?.place.close();
      await world?.login.remove();
    });
    beforeEach(async () => {
      await world.place.issuer.behave({ answer: 'normal', delayMs: 0, expiresIn: 8 * 3600 });
      await world.login.signIn();
      seen = (await world.place.issuer.calls()).length;
    });

    const run: LoginWorld['run'] = (...args) => world.login.run(...args);
    const stored = () => world.login.stored();
    const grants = () => refreshGrants(world.place.issuer, seen);

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

    /** We are killed while the CLI waits for the issuer, which answers it all the same. */
    const killedAmidRefresh = async () => {
      await world.place.issuer.behave({ delayMs: 3000 });
      const asked = await world.place.issuer.asked();
      const [program, args] = world.login.command('refresh', 'dev', '--force');
      const child = spawn(program, args, { env: world.login.env, stdio: 'ignore' });
      const gone = once(child, 'exit');
      await expect.poll(() => world.place.issuer.asked(), { interval: 10, timeout: 30_000 }).toBe(asked + 1);
      child.kill('SIGKILL');
      await gone;
    };
    /** What the issuer gave to the CLI is what is stored. */
    const expectTokensHome = async () => {
      expect(await world.place.issuer.accepts((await stored()).accessToken)).toBe(true);
      expect(await grants()).toEqual({ given: 1, refused: 0 });
      expect(await world.leftovers()).toEqual([]);
    };

    it('takes over the tokens that the CLI got after we were killed', async () => {
      await killedAmidRefresh();
      expect((await run('refresh', 'dev', '--json')).status).toBe(0);
      await expectTokensHome();
    });

    it('brings the tokens home before a rename, under which nobody would look for them', async () => {
      await killedAmidRefresh();
      const renamed = await run('profile', 'rename', 'dev', 'work');
      expect(renamed.stderr).toContain('Taking over a refresh of dev that was cut off');
      expect(renamed.status).toBe(0);
      await expectTokensHome();
      expect(await run('profile', 'rename', 'work', 'dev')).toMatchObject({ status: 0 });
    });

    it('loses no login to kills at any moment', async () => {
      const took = performance.now();
      await run('refresh', 'dev', '--force');
      const whole = performance.now() - took;
      const outcomes = new Map<string, number>();
      for (let kill = 0; kill < world.kills; kill += 1) {
        await world.login.killAfter(Math.random() * whole, 'refresh', 'dev', '--force');
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
