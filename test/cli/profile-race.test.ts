import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { createPorts } from '../../src/compose.ts';
import { addProfile } from '../../src/usecases/profiles.ts';
import { unwrap } from '../support/results.ts';
import { soak } from '../support/soak.ts';
import { temporary } from '../support/temporary.ts';
import { countedLogin, countOf, sharedDirectories } from './race-logins.ts';

const worker = fileURLToPath(new URL('race-worker.ts', import.meta.url));
const workers = 8;
const rounds = soak ? 400 : 15;

interface Came {
  readonly own: readonly string[];
  readonly replaced: Readonly<Record<string, number>>;
}

it(`${workers} processes that add, import, rename, remove, choose, refresh and capture ${rounds} times each lose nothing`, {
  timeout: 1_200_000,
}, async () => {
  const { home, env: base } = await temporary();
  const env = { ...base, DOCKER_HOST: `unix://${join(home, 'no.sock')}` };
  const ports = createPorts({ env, platform: 'linux' });
  for (const authDir of sharedDirectories(home)) {
    const input = { name: basename(authDir), authDir, runtime: 'sandbox', allowOccupied: false } as const;
    unwrap(await addProfile(ports, input));
    unwrap(await ports.store.write(authDir, new Map([['.credentials.json', countedLogin(0)]])));
  }

  const race = async (number: number): Promise<Came> => {
    const child = spawn(process.execPath, [worker, String(number), String(rounds)], { env });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [stdout, stderr, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ]);
    expect([status, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  const came = await Promise.all(Array.from({ length: workers }, (_, number) => race(number)));

  const { profiles, defaultProfile } = unwrap(await ports.settings.load());
  const isShared = ({ authDir }: { readonly authDir: string }) => sharedDirectories(home).includes(authDir);
  expect(
    profiles
      .filter((profile) => !isShared(profile))
      .map(({ name }) => name)
      .sort(),
  ).toEqual(came.flatMap(({ own }) => own).sort());
  expect(
    profiles
      .filter(isShared)
      .map(({ authDir }) => authDir)
      .sort(),
  ).toEqual(sharedDirectories(home));
  if (defaultProfile !== null) expect(profiles.map(({ name }) => name)).toContain(defaultProfile);

  let changes = 0;
  for (const authDir of sharedDirectories(home)) {
    const made = came.reduce((sum, { replaced }) => sum + (replaced[authDir] ?? 0), 0);
    // Each was made of the one before it, so one that was lost would be missing here.
    expect(countOf(readFileSync(join(authDir, '.credentials.json'), 'utf8'))).toBe(made);
    const area = join(dirname(authDir), `.${basename(authDir)}.claude-setup`);
    if (existsSync(area)) expect(readdirSync(area)).toEqual(['snapshots']);
    changes += made;
  }
  const setupHome = ports.settings.home;
  expect(
    readdirSync(setupHome).filter((name) => !['config.json', 'locks', 'state', 'refreshes'].includes(name)),
  ).toEqual([]);
  expect(readdirSync(join(setupHome, 'locks'))).toEqual([]);
  console.log(
    `race: ${workers} processes × ${rounds} deeds, ${changes} logins replaced one by the next, ${profiles.length} profiles at the end, 0 lost`,
  );
  expect(changes).toBeGreaterThan(workers);
});
