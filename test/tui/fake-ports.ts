import { Readable } from 'node:stream';
import { createFakeFiles } from '../../src/adapters/practice/fake-files.ts';
import type { Config } from '../../src/domain/config.ts';
import { fail, ok } from '../../src/domain/failure.ts';
import type { Told } from '../../src/domain/watch/told.ts';
import type { Ports } from '../../src/ports/ports.ts';
import type { FakeWorld } from './fake-world.ts';
import { plainEmulator } from './plain-emulator.ts';

const noKey = async () =>
  fail('seal.no-key', 'Nothing was sealed', 'the fake world has no keys', 'use a real store');

/** Nothing is sealed here; what seals is tried on real directories. */
const noSeals: Ports['seals'] = {
  keyOf: async () => null,
  seal: noKey,
  unseal: async () => ok(undefined),
  changeKey: noKey,
  unlock: async () => ok(undefined),
  onAsk: () => () => {},
};

/** The name of the setup image that the settings ask for. */
export const setupImage = ({ image }: Config): string =>
  `claude-setup:${image.cliVersion.replaceAll('.', '')}`;

/** Ports onto the world; what a test changes there is what they find from then on. */
export const fakePorts = (
  world: Omit<FakeWorld, 'ports'>,
  { platform, env, homeDir }: Pick<Ports['host'], 'platform' | 'env' | 'homeDir'>,
): Ports => {
  const told = new Map<string, Told>();
  return {
    engines: { find: async () => world.search() },
    imageSource: {
      plan: async (settings) =>
        ok({
          settings,
          reference: setupImage(world.config),
          request: {
            dockerfile: 'Dockerfile.claude-setup',
            tags: [setupImage(world.config), 'claude-setup:latest'],
            labels: {},
            buildArgs: {},
            extraHosts: [],
            noCache: false,
          },
          context: () => Readable.from([]),
        }),
    },
    runtimes: { docker: () => world.runtime, sandbox: () => world.sandbox },
    emulator: plainEmulator,
    store: world.store,
    seals: noSeals,
    published: world.published,
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
        for (const [name, content] of world.store.contents(directory)) files.set(name, content);
        for (const [name, content] of instead) files.set(name, content);
        return files.tar('.', '.');
      },
      async purge(directory) {
        world.store.remove(directory);
        return ok(undefined);
      },
    },
    changes: {
      settings: async () => JSON.stringify(world.config),
      profile: async ({ name, authDir }) =>
        world.store.mark(authDir) + JSON.stringify(world.refused.get(name)),
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
      home: `${homeDir}/.config/claude-setup`,
      load: async () => ok(world.config),
      async update(change) {
        if (world.settingsFailure !== null) return { ok: false, failure: world.settingsFailure };
        const changed = change(world.config);
        if (changed.ok) world.config = changed.value;
        return changed;
      },
    },
    projectFile: {
      find: async () => ok(world.projectFile),
      async write(change) {
        const path = `${homeDir}/app/.claude-setup`;
        world.projectFile = { path, text: change(world.projectFile?.text ?? null) };
        return ok({ path });
      },
    },
    host: {
      env,
      homeDir,
      platform,
      uid: 1000,
      program: ['/usr/bin/node', '/opt/claude-setup/bin/claude-setup.js'],
      openBrowser: async () => ok(undefined),
      async copy(text) {
        world.copied.push(text);
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
    logReader: { file: `${homeDir}/.config/claude-setup/logs/debug.log`, tail: async () => world.logged },
    clock: world.clock.port,
  };
};
