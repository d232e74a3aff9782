import { Readable } from 'node:stream';
import { createFakeEngine, type FakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import { createFakeFiles } from '../../src/adapters/practice/fake-files.ts';
import { createFakePublished, type FakePublished } from '../../src/adapters/practice/fake-published.ts';
import { createFakeRuntime, type FakeRuntime } from '../../src/adapters/practice/fake-runtime.ts';
import { type Config, emptyConfig } from '../../src/domain/config.ts';
import { type Failure, fail, ok, type Result } from '../../src/domain/failure.ts';
import { imageLabels } from '../../src/domain/image-plan.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { Told } from '../../src/domain/watch/told.ts';
import type { RefusedLogin } from '../../src/domain/working-copy.ts';
import type { ComposeProject } from '../../src/ports/compose-files.ts';
import type { Emulator } from '../../src/ports/emulator.ts';
import type { EngineAttempt, EngineSearch } from '../../src/ports/engine.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { ProjectFileContent } from '../../src/ports/project-file.ts';
import { createFakeStore, type FakeStore } from './fake-store.ts';

/** 24 November 2026, 10:00 UTC. */
export const startOfTest = Date.UTC(2026, 10, 24, 10);

/** A clock that goes when the test says so. */
interface FakeClock {
  readonly port: Ports['clock'];
  /** Goes on by so many milliseconds: whoever waits for less is woken. */
  advance(milliseconds: number): void;
}

const createFakeClock = (): FakeClock => {
  let now = startOfTest;
  const waiting = new Set<{ readonly until: number; readonly wake: () => void }>();
  return {
    port: {
      now: () => now,
      wait: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          const entry = {
            until: now + milliseconds,
            wake: () => {
              waiting.delete(entry);
              resolve();
            },
          };
          const abort = () => {
            waiting.delete(entry);
            reject(signal?.reason);
          };
          if (signal?.aborted) return abort();
          waiting.add(entry);
          signal?.addEventListener('abort', abort);
        }),
    },
    advance(milliseconds) {
      now += milliseconds;
      for (const entry of [...waiting]) if (entry.until <= now) entry.wake();
    },
  };
};

/** A screen of a session that shows nothing but what the test puts on it. */
const plainEmulator: Emulator = {
  open: async ({ rows }) => {
    const listeners = new Set<() => void>();
    let url: string | null = null;
    return {
      async write(chunk) {
        url = /https:\S+/.exec(new TextDecoder().decode(chunk))?.[0] ?? url;
        for (const listener of listeners) listener();
      },
      resize: () => {},
      rows: () => Array.from({ length: rows }, () => ({ runs: [] })),
      cursor: { column: 0, row: 0, visible: false },
      title: '',
      bracketedPaste: false,
      get signInUrl() {
        return url;
      },
      longLivedToken: null,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      onReply: () => () => {},
      onClipboard: () => () => {},
      dispose: () => listeners.clear(),
    };
  },
};

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
  readonly copied: readonly string[];
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
  /** The settings can't be written from now on; null heals it. */
  failSettings(failure: Failure | null): void;
  /** Puts the setup image of the settings on the engine. */
  addImage(): void;
  /** Adds a profile, and a login into its directory unless told otherwise. */
  addProfile(
    name: string,
    options?: { readonly authDir?: string; readonly signedIn?: boolean; readonly email?: string },
  ): Profile;
}

/** Nothing is sealed here; what seals is tried on real directories. */
const noSeals: Ports['seals'] = {
  keyOf: async () => null,
  seal: async () =>
    fail('seal.no-key', 'Nothing was sealed', 'the fake world has no keys', 'use a real store'),
  unseal: async () => ok(undefined),
  changeKey: async () =>
    fail('seal.no-key', 'Nothing was sealed', 'the fake world has no keys', 'use a real store'),
  unlock: async () => ok(undefined),
  onAsk: () => () => {},
};

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
  const told = new Map<string, Told>();
  const clock = createFakeClock();
  engine.clock = clock.port.now;
  const copied: string[] = [];
  let settingsFailure: Failure | null = null;
  const reference = () => `claude-setup:${world.config.image.cliVersion.replaceAll('.', '')}`;

  const ports: Ports = {
    engines: { find: async () => world.search() },
    imageSource: {
      plan: async (settings) =>
        ok({
          settings,
          reference: reference(),
          request: {
            dockerfile: 'Dockerfile.claude-setup',
            tags: [reference(), 'claude-setup:latest'],
            labels: {},
            buildArgs: {},
            extraHosts: [],
            noCache: false,
          },
          context: () => Readable.from([]),
        }),
    },
    runtimes: { docker: () => runtime, sandbox: () => sandbox },
    emulator: plainEmulator,
    store,
    seals: noSeals,
    published,
    hooks: {
      async run(command, variables) {
        world.hookRuns.push({ command, variables });
        return world.hookResult;
      },
    },
    hookMemory: {
      recall: async (profile, command) => told.get(`${profile} ${command}`) ?? null,
      async keep(profile, command, now) {
        told.set(`${profile} ${command}`, now);
        return ok(undefined);
      },
    },
    directories: {
      realPath: async (directory) => directory,
      siblingState: async (directory) => ok(world.siblings.get(directory) ?? null),
      pack: async (directory, instead) => {
        const files = createFakeFiles();
        for (const [name, content] of store.contents(directory)) files.set(name, content);
        for (const [name, content] of instead) files.set(name, content);
        return files.tar('.', '.');
      },
      async purge(directory) {
        store.remove(directory);
        return ok(undefined);
      },
    },
    changes: {
      settings: async () => JSON.stringify(world.config),
      profile: async ({ name, authDir }) => store.mark(authDir) + JSON.stringify(world.refused.get(name)),
    },
    composeFiles: { read: async () => ok(world.compose), sourceKind: async () => 'directory' },
    locks: { acquire: async () => ok({ release: async () => {} }) },
    cliLock: { isHeld: async () => world.cliRefreshing },
    loginMarks: {
      refused: async (profile) => world.refused.get(profile) ?? null,
      async markRefused(profile, refused) {
        world.refused.set(profile, refused);
        return ok(undefined);
      },
      async forget(profile) {
        world.refused.delete(profile);
        return ok(undefined);
      },
    },
    settings: {
      home: `${home}/.config/claude-setup`,
      load: async () => ok(world.config),
      async update(change) {
        if (settingsFailure !== null) return { ok: false, failure: settingsFailure };
        const changed = change(world.config);
        if (changed.ok) world.config = changed.value;
        return changed;
      },
    },
    projectFile: {
      find: async () => ok(world.projectFile),
      async write(change) {
        const path = `${home}/app/.claude-setup`;
        world.projectFile = { path, text: change(world.projectFile?.text ?? null) };
        return ok({ path });
      },
    },
    host: {
      env,
      homeDir: home,
      platform,
      uid: 1000,
      program: ['/usr/bin/node', '/opt/claude-setup/bin/claude-setup.js'],
      openBrowser: async () => ok(undefined),
      async copy(text) {
        copied.push(text);
        return ok(undefined);
      },
    },
    outputFiles: {
      async writeNew(path, content) {
        if (world.written.has(path))
          return fail('output.exists', `${path} was not written`, 'it is there', 'name another');
        world.written.set(path, content);
        return ok({ path });
      },
      async replace(path, content) {
        world.written.set(path, content);
        return ok(undefined);
      },
    },
    logReader: { file: `${home}/.config/claude-setup/logs/debug.log`, tail: async () => world.logged },
    clock: clock.port,
  };
  const world: FakeWorld = {
    ports,
    engine,
    runtime,
    sandbox,
    store,
    published,
    hookRuns: [],
    hookResult: ok(undefined),
    clock,
    copied,
    config: emptyConfig,
    compose: null,
    written: new Map(),
    refused: new Map(),
    siblings: new Map(),
    projectFile: null,
    cliRefreshing: false,
    logged: [],
    search: () => ({ engine, attempts: [] }),
    failSettings(failure) {
      settingsFailure = failure;
    },
    addImage() {
      engine.images.set(reference(), {
        id: 'sha256:1',
        tags: [reference()],
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
  return world;
};

/** The files of a login, as the CLI writes them. */
export const putLogin = (
  files: ReturnType<FakeStore['directory']>,
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
