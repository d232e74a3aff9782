import { createFakeEngine, type FakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import type { FakeFiles } from '../../src/adapters/practice/fake-files.ts';
import { createFakePublished, type FakePublished } from '../../src/adapters/practice/fake-published.ts';
import { createFakeRuntime, type FakeRuntime } from '../../src/adapters/practice/fake-runtime.ts';
import { type Config, emptyConfig } from '../../src/domain/config.ts';
import { type Failure, ok, type Result } from '../../src/domain/failure.ts';
import { imageLabels } from '../../src/domain/image-plan.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { RefusedLogin } from '../../src/domain/working-copy.ts';
import type { ComposeProject } from '../../src/ports/compose-files.ts';
import type { EngineAttempt, EngineSearch } from '../../src/ports/engine.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { ProjectFileContent } from '../../src/ports/project-file.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { fakePorts, setupImage } from './fake-ports.ts';
import { createFakeStore, type FakeStore } from './fake-store.ts';

/** 24 November 2026, 10:00 UTC. */
export const startOfTest = Date.UTC(2026, 10, 24, 10);

export interface FakeWorld {
  readonly ports: Ports;
  readonly engine: FakeEngine;
  readonly runtime: FakeRuntime;
  readonly sandbox: FakeRuntime;
  readonly store: FakeStore;
  readonly published: FakePublished;
  /** Runs of `--on-change` commands: the command and what it was given. */
  readonly hookRuns: { readonly command: string; readonly variables: Readonly<Record<string, string>> }[];
  /** How the next runs of such commands end. */
  hookResult: Result<void>;
  readonly clock: FakeClock;
  /** What was copied. */
  readonly copied: string[];
  config: Config;
  /** The compose project of the folder that we are in. */
  compose: ComposeProject | null;
  /** Files written on request. */
  readonly written: Map<string, string>;
  /** Logins whose refresh was refused, by profile. */
  readonly refused: Map<string, RefusedLogin>;
  /** State files beside default config directories, by directory. */
  readonly siblings: Map<string, string>;
  /** The `.claude-setup` file of the folder that we are in. */
  projectFile: ProjectFileContent | null;
  /** Whether a CLI refreshes in an auth directory right now. */
  cliRefreshing: boolean;
  /** Lines of the debug log. */
  logged: readonly string[];
  /** What a search for an engine finds from now on; a promise keeps it waiting. */
  search: () => EngineSearch | Promise<EngineSearch>;
  /** Why the settings can't be written; null while they can. */
  settingsFailure: Failure | null;
  /** Puts the setup image of the settings on the engine. */
  addImage(): void;
  /** Adds a profile, and a login into its directory unless told otherwise. */
  addProfile(
    name: string,
    options?: { readonly authDir?: string; readonly signedIn?: boolean; readonly email?: string },
  ): Profile;
}

export const home = '/home/ada';

/** A machine with Docker on it and nothing else. One thing is overridden per test. */
export const createFakeWorld = ({
  platform = 'linux' as NodeJS.Platform,
  env = {} as Record<string, string>,
} = {}): FakeWorld => {
  const engine = createFakeEngine();
  engine.program((container) => {
    if (container.spec.tty) return;
    container.stdout = '2.1.330 (Claude Code)\n';
    container.exit(0);
  });
  const runtime = createFakeRuntime();
  const sandbox = createFakeRuntime({ kind: 'sandbox' });
  const store = createFakeStore();
  const published = createFakePublished();
  const clock = createFakeClock(startOfTest);
  engine.clock = clock.port.now;

  const world: Omit<FakeWorld, 'ports'> = {
    engine,
    runtime,
    sandbox,
    store,
    published,
    hookRuns: [],
    hookResult: ok(undefined),
    clock,
    copied: [],
    config: emptyConfig,
    compose: null,
    written: new Map(),
    refused: new Map(),
    siblings: new Map(),
    projectFile: null,
    settingsFailure: null,
    cliRefreshing: false,
    logged: [],
    search: () => ({ engine, attempts: [] }),
    addImage() {
      const reference = setupImage(world.config);
      engine.images.set(reference, {
        id: 'sha256:1',
        tags: [reference],
        createdAt: startOfTest,
        size: 547_000_000,
        labels: { [imageLabels.cliVersion]: '2.1.330' },
      });
    },
    addProfile(name, { authDir = `${home}/.claude-auth-${name}`, signedIn = true, email } = {}) {
      const profile: Profile = { name, authDir, runtime: 'docker', leaveOut: null };
      world.config = {
        ...world.config,
        defaultProfile: world.config.defaultProfile ?? name,
        profiles: [...world.config.profiles, profile],
      };
      if (signedIn) putLogin(store.directory(authDir), { token: name, ...(email && { email }) });
      return profile;
    },
  };
  return Object.assign(world, { ports: fakePorts(world, { platform, env, homeDir: home }) });
};

/** The setup image is there, and the profile `dev` is signed in. */
export const readyWorld = (): FakeWorld => {
  const world = createFakeWorld();
  world.addImage();
  world.addProfile('dev');
  return world;
};

/** The files of a login, as the CLI writes them. */
export const putLogin = (
  files: FakeFiles,
  {
    token = 'TEST',
    onboarded = true,
    scopes = ['user:inference', 'user:profile'],
    email = 'ada@example.com',
    leftMs = 8 * 3_600_000,
    loginLeftMs = 28 * 24 * 3_600_000,
  } = {},
): void => {
  files.set(
    '.claude.json',
    JSON.stringify({
      oauthAccount: { emailAddress: email, organizationName: 'Analytical Engines' },
      ...(onboarded && { hasCompletedOnboarding: true }),
    }),
  );
  files.set(
    '.credentials.json',
    JSON.stringify({
      claudeAiOauth: {
        accessToken: `sk-ant-oat01-TEST-${token}`,
        refreshToken: `sk-ant-ort01-TEST-${token}`,
        expiresAt: startOfTest + leftMs,
        refreshTokenExpiresAt: startOfTest + loginLeftMs,
        scopes,
        subscriptionType: 'max',
      },
    }),
  );
};

/** What the stored login holds. */
export const oauthOf = (files: FakeFiles): Readonly<Record<string, unknown>> =>
  JSON.parse(files.text('.credentials.json') ?? '{}').claudeAiOauth;

/** Writes the login with some of its fields changed, as a CLI does that refreshes. */
export const changeLogin = (files: FakeFiles, change: Readonly<Record<string, unknown>>): void =>
  files.set('.credentials.json', JSON.stringify({ claudeAiOauth: { ...oauthOf(files), ...change } }));

/** What the CLI makes of a login whose refresh the issuer refuses. */
export const blankLogin = (files: FakeFiles): void =>
  changeLogin(files, { accessToken: '', refreshToken: '', expiresAt: 0 });

/** A place where an engine was looked for in vain. */
export const attempt = (
  source: EngineAttempt['source'],
  code: 'engine.missing' | 'engine.permission' | 'engine.timeout',
  why: string,
  fix: string,
): EngineAttempt => ({
  source,
  endpoint: 'unix:///var/run/docker.sock',
  failure: { code, what: 'No engine at /var/run/docker.sock', why, fix },
});
