import { cp } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Output, whyNoDocker } from '../docker/docker-cli.ts';
import { issuerInNamespace, issuerOnBridge, whyNoNamespace } from '../support/issuer/places.ts';
import { buildSetupImage, type LoginWorld, makeLoginWorld } from './login-world.ts';

const number = (name: string, usual: number): number =>
  Number(process.env[`CLAUDE_SETUP_TEST_${name}`] || usual);

/** As many as a quick run allows; the whole load is 20 runs, 10 of them in containers, for 3 lifetimes of 120 s. */
const runs = number('RUNS_AT_ONCE', 6);
const inContainers = number('RUNS_IN_CONTAINERS', 2);
const lifetimes = number('LIFETIMES', 2);
/** Seconds. */
const lifetime = number('LIFETIME', 30);
const copies = number('COPIES', 3);
const whole = runs > 6;

const [noNamespace, noDocker] = [await whyNoNamespace(), await whyNoDocker()];

const program = fileURLToPath(new URL('../support/lease-user.js', import.meta.url));
const load = [String(lifetimes * lifetime + 2), String(lifetime / 2)];

interface Seen {
  readonly reads: number;
  readonly bad: readonly string[];
  readonly tokens: number;
  readonly ended: number;
  readonly calls: number;
  readonly refused: readonly string[];
  readonly signedOut: boolean;
}

const seenBy = ({ status, stdout, stderr }: Output): Seen => {
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};
const total = (all: readonly Seen[], of: (seen: Seen) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0);

type Place = Awaited<ReturnType<typeof issuerInNamespace>>;

/** Prints the row of the table for docs/reliability.md. */
const report = async (title: string, place: Place, all: readonly Seen[], more = ''): Promise<void> => {
  const grants = (await place.issuer.calls()).filter(({ grant }) => grant === 'refresh_token');
  const given = grants.filter(({ status }) => status === 200).length;
  const row = [
    `${all.length} holders`,
    `${lifetimes} × ${lifetime} s`,
    `${total(all, ({ calls }) => calls)} live calls`,
    `${total(all, ({ refused }) => refused.length)} refused`,
    `${given} refreshes`,
    `${await place.issuer.reuses()} reuses`,
    `${all.filter(({ signedOut }) => signedOut).length} signed out`,
  ];
  console.log(`${title}: ${row.join(', ')}${more}`);
};

const openWorld = async (place: Place, { onTestFinished }: TestContext): Promise<LoginWorld> => {
  onTestFinished(() => place.close());
  await place.issuer.behave({ expiresIn: lifetime });
  const world = await makeLoginWorld(place);
  onTestFinished(() => world.remove());
  return world;
};

describe.skipIf(noNamespace !== null)(
  `many holders of one login, with the real CLI: ${noNamespace ?? 'stand-in issuer'}`,
  () => {
    // The whole load leaves nothing for others.
    const test = whole ? it : it.concurrent;

    test('claude-setup run: nobody is ever without a lease, and no refresh token is used twice', async (context) => {
      const containers = noDocker === null ? inContainers : 0;
      const bridge = noDocker === null ? await issuerOnBridge() : null;
      const place = bridge ?? (await issuerInNamespace());
      const world = await openWorld(place, context);
      if (bridge !== null) await buildSetupImage(world, bridge);
      const margin = ['--margin', `${Math.ceil(lifetime / 4)}s`];
      const inContainer = ['--runtime', 'docker', '--mount', `${program}:/lease-user.mjs:ro`];
      const free = freemem();
      let least = free;
      const watching = setInterval(() => {
        least = Math.min(least, freemem());
      }, 500);
      const ended = await Promise.all(
        Array.from({ length: runs }, (_, index) =>
          index < containers
            ? world.run('run', 'dev', ...margin, ...inContainer, '--', 'node', '/lease-user.mjs', ...load)
            : world.run('run', 'dev', ...margin, '--', process.execPath, program, ...load),
        ),
      );
      clearInterval(watching);
      const all = ended.map(seenBy);
      await report(
        'claude-setup run',
        place,
        all,
        `, ${containers} of them in containers, ${total(all, ({ reads }) => reads)} reads, ${Math.round((free - least) / 2 ** 20)} MB`,
      );
      for (const seen of all) {
        expect(seen).toMatchObject({ bad: [], refused: [], signedOut: false });
        expect(seen.calls).toBeGreaterThanOrEqual(lifetimes);
        expect(seen.ended).toBeGreaterThanOrEqual(lifetimes);
      }
      for (const { stderr } of ended) expect(stderr).not.toContain('refused');
      expect(await place.issuer.reuses()).toBe(0);
      const grants = (await place.issuer.calls()).filter(({ grant }) => grant === 'refresh_token');
      expect(new Set(grants.map(({ status }) => status))).toEqual(new Set([200]));
      // One refresh for all of them at the start, and one each half of a lifetime, or a little less, as they do not begin at
      // once; however many they are. The CLI takes a token that ends within five minutes for one that has ended, so it asks twice for each.
      expect(grants.length).toBeLessThanOrEqual(2 * (3 * lifetimes + 2));
      expect(await world.leftovers()).toEqual([]);
      expect(await world.run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
    });

    test('plain copies of the directory: the issuer finds the reuse, and everybody is signed out', async (context) => {
      const place = await issuerInNamespace();
      const world = await openWorld(place, context);
      const all = await Promise.all(
        Array.from({ length: copies }, async (_, index) => {
          const copy = join(world.temporary.root, `copy-${index}`);
          await cp(world.temporary.authDir, copy, { recursive: true });
          return seenBy(await world.exec({ CLAUDE_CONFIG_DIR: copy }, process.execPath, program, ...load));
        }),
      );
      await report('plain copies', place, all);
      expect(await place.issuer.reuses()).toBeGreaterThan(0);
      expect(all.filter(({ signedOut }) => signedOut)).toHaveLength(copies);
    });

    test('one directory for all', async (context) => {
      const place = await issuerInNamespace();
      const world = await openWorld(place, context);
      const all = await Promise.all(
        Array.from({ length: copies }, async () =>
          seenBy(
            await world.exec(
              { CLAUDE_CONFIG_DIR: world.temporary.authDir },
              process.execPath,
              program,
              ...load,
            ),
          ),
        ),
      );
      await report('one directory for all', place, all);
      // The lock of the CLI lies in the directory, so this works; but whoever is in there holds the login itself.
      expect(await place.issuer.reuses()).toBe(0);
      for (const { bad } of all) expect(bad).toContain('a refresh token');
    });
  },
);
