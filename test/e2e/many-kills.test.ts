import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { reportTrials } from '../support/soak.ts';
import { type LoginWorld, makeLoginWorld } from './login-world.ts';
import { containersOf } from './product.ts';

const [noNamespace, noDocker] = [await whyNoNamespace(), await whyNoDocker()];

/** Seconds; so short that a run is given the next lease after 5 s, and that everybody finds the login due. */
const lifetime = 10;
/** Shared by the commands below. */
const kills = Number(process.env.CLAUDE_SETUP_TEST_KILLS || 5);
/** Vitest ends a test that takes longer. */
const patience = { timeout: 300_000 + kills * 60_000 };

interface Victim {
  readonly title: string;
  /** `pidFile` is where the command that is run leaves its pid. */
  readonly command: (pidFile: string) => readonly string[];
  /** Milliseconds from the start in which it is killed, when a whole refresh takes `refreshMs`. */
  readonly window: (refreshMs: number) => number;
  readonly needsEngine?: true;
}

const untilKilled = (pidFile: string) => ['sh', '-c', `echo $$ > '${pidFile}'; exec sleep 300`];
const margin = ['--margin', `${lifetime / 2}s`];

const victims: readonly Victim[] = [
  { title: 'refresh', command: () => ['refresh', 'dev', '--force'], window: (whole) => whole },
  {
    title: 'run, up to its second lease',
    command: (pidFile) => ['run', 'dev', ...margin, '--', ...untilKilled(pidFile)],
    window: (whole) => 2 * whole + (lifetime * 1000) / 2,
  },
  {
    title: 'run --full, in which a CLI refreshes',
    command: (pidFile) => [
      ...['run', 'dev', '--full', '--', 'sh', '-c'],
      `echo $$ > '${pidFile}'; exec claude -p x --model no-such-model`,
    ],
    window: (whole) => whole,
  },
  { title: 'watch', command: () => ['watch', 'dev', '--interval', '1s'], window: (whole) => 1.5 * whole },
  {
    title: 'run in a container',
    command: () => [
      'run',
      'dev',
      ...margin,
      '--runtime',
      'docker',
      '--image',
      testBase,
      '--',
      'sleep',
      '300',
    ],
    window: (whole) => 2 * whole + (lifetime * 1000) / 2,
    needsEngine: true,
  },
];

describe.skipIf(noNamespace !== null)(
  `killed at any moment, with the real CLI: ${noNamespace ?? 'stand-in issuer'}`,
  () => {
    let place: Awaited<ReturnType<typeof issuerInNamespace>>;
    let world: LoginWorld;
    let pidFile: string;

    beforeAll(async () => {
      place = await issuerInNamespace();
      world = await makeLoginWorld(place);
      pidFile = join(world.temporary.root, 'pid');
      await place.issuer.behave({ expiresIn: lifetime });
    });
    afterAll(async () => {
      await place?.close();
      await world?.remove();
    });

    /** What the command that was run works in; null when it has ended. */
    const alive = async (): Promise<string | null> => {
      const pid = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
      const environment =
        pid === '' ? null : await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => null);
      return environment?.includes(world.temporary.root) ? environment : null;
    };

    it.for(victims)(
      '$title: no login is lost, and nothing stays',
      patience,
      async ({ title, command, window, needsEngine }, { skip }) => {
        if (needsEngine && noDocker !== null) skip(noDocker);
        const rounds = Math.ceil(kills / victims.length);
        const outcomes: Record<string, number> = {};
        const began = performance.now();
        expect(await world.run('refresh', 'dev', '--force')).toMatchObject({ status: 0 });
        const whole = performance.now() - began;
        for (let round = 1; round <= rounds; round += 1) {
          await rm(pidFile, { force: true });
          const moment = Math.random() * window(whole);
          await world.killAfter(moment, ...command(pidFile));
          const what = `kill ${round}, after ${Math.round(moment)} ms`;
          const next = await world.run('refresh', 'dev', '--json');
          expect(next, what).toMatchObject({ status: 0 });
          expect(await place.issuer.reuses(), what).toBe(0);
          const { outcome } = JSON.parse(next.stdout);
          const line = /Taking (?:over|back)/.test(next.stderr) ? 'recovered' : outcome;
          outcomes[line] = (outcomes[line] ?? 0) + 1;
          reportTrials(`${title}: ${what}: ${line}`);
          expect(await place.issuer.accepts((await world.stored()).accessToken), what).toBe(true);
          const where = needsEngine ? ['--runtime', 'docker', '--image', testBase] : [];
          expect(await world.run('run', 'dev', '--margin', '1s', ...where, '--', 'true'), what).toMatchObject(
            { status: 0 },
          );
          expect(await world.leftovers(), what).toEqual([]);
          if (needsEngine) expect(await containersOf(world.temporary.setupHome), what).toEqual([]);
          expect(await alive(), what).toBeNull();
        }
        const refused = (await place.issuer.calls()).filter(
          ({ grant, status }) => grant !== null && status !== 200,
        );
        expect(refused).toEqual([]);
        console.log(`${title}: ${rounds} kills, 0 logins lost, ${JSON.stringify(outcomes)}`);
      },
    );
  },
);
