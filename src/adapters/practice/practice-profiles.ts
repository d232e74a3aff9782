import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../domain/failure.ts';
import type { Ports } from '../../ports/ports.ts';
import { createFakeFiles, type FakeFiles } from './fake-files.ts';
import { issueLogin, issueLongLived, refreshSecretOf } from './issuer.ts';

/** What the browser would show after a sign-in. Any other text of that shape does as well. */
export const practiceCode = 'practice#code';

export const practiceAccount = { email: 'ada@example.com', organization: 'Analytical Engines' };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A profile to practise with: the files of its login, and what is wrong with it. */
interface PracticeProfile {
  readonly name: string;
  /** Fills its auth directory as a capture would. */
  readonly fill: (files: FakeFiles, now: number) => void;
  /** What happened to the directory afterwards; gets its real path. */
  readonly damage?: (directory: string) => Promise<void>;
}

const signedIn =
  (code: string, { tokenMs = 8 * hourMs, loginMs = 28 * dayMs, email = practiceAccount.email } = {}) =>
  (files: FakeFiles, now: number): void => {
    const account = { ...practiceAccount, email };
    const { credentials, account: oauthAccount } = issueLogin(code, account, now, { tokenMs, loginMs });
    files.set('.claude.json', JSON.stringify({ hasCompletedOnboarding: true, oauthAccount }));
    files.set('.credentials.json', JSON.stringify(credentials));
  };

/** In the order that the dashboard shows them. */
const practiceProfiles: readonly PracticeProfile[] = [
  { name: 'dev', fill: signedIn('dev#1') },
  {
    name: 'staging',
    fill: signedIn('staging#1', { tokenMs: 20 * minuteMs, email: 'grace@example.com' }),
  },
  { name: 'test', fill: signedIn('test#1', { tokenMs: -hourMs, loginMs: -2 * dayMs }) },
  { name: 'ci', fill: (files) => files.set('oauth-token', `${issueLongLived('ci#1')}\n`) },
  // The account of dev: each has a login of its own, but a copy of this one was refreshed elsewhere.
  { name: 'laptop', fill: signedIn('laptop#1', { tokenMs: 40 * minuteMs }) },
  {
    name: 'broken',
    fill: signedIn('broken#1', { email: 'alan@example.com' }),
    damage: (directory) => writeFile(join(directory, '.credentials.json'), ''),
  },
  {
    name: 'open',
    fill: signedIn('open#1', { email: 'mary@example.com' }),
    damage: (directory) => chmod(join(directory, '.credentials.json'), 0o644),
  },
];

/** Refresh tokens that the issuer refuses, because they were used before. */
export const spentTokens: ReadonlySet<string> = new Set([refreshSecretOf('laptop#1')]);

const never = new AbortController().signal;

/** Adds the profiles, each captured twice, so that there is a snapshot to go back to; then damages what is to be damaged. */
export const addPracticeProfiles = async (ports: Ports, root: string): Promise<void> => {
  const { store, settings, clock, host } = ports;
  const profiles = practiceProfiles.map(({ name }) => ({
    name,
    authDir: `${host.homeDir}/.claude-auth-${name}`,
    runtime: 'docker' as const,
    leaveOut: null,
  }));
  await settings.update((config) => ok({ ...config, profiles, defaultProfile: 'dev' }));
  for (const { name, fill, damage } of practiceProfiles) {
    const authDir = `${host.homeDir}/.claude-auth-${name}`;
    const files = createFakeFiles();
    fill(files, clock.now());
    for (let capture = 0; capture < 2; capture += 1) {
      const staged = await store.stage(authDir, files.tar('.', '.'), { leaveOut: [], signal: never });
      if (staged.ok) await store.commit(staged.value);
    }
    await damage?.(join(root, authDir));
  }
};

const composeFile = `services:
  bot:
    image: ghcr.io/example/bot
    environment:
      CLAUDE_CONFIG_DIR: /home/node/.claude
    volumes:
      - ../.claude-auth-dev:/home/node/.claude
`;

/** A compose project that has nothing wrong with it. */
export const addComposeProject = async (root: string, home: string): Promise<void> => {
  const folder = join(root, home, 'project');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'compose.yaml'), composeFile);
};
