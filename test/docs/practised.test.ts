import { cp, mkdir, readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createFakeContainer } from '../../src/adapters/practice/fake-container.ts';
import type { FakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import { practiceHome, practiceProject } from '../../src/adapters/practice/practice-ports.ts';
import { swarmLabels } from '../../src/domain/export/versions.ts';
import { openPractice } from '../../src/open-practice.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { runCli } from '../cli/run-cli.ts';
import { temporary } from '../support/temporary.ts';
import { readPages } from './pages.ts';
import { type Call, callsIn, simpleCommands } from './shell-calls.ts';

const pages = (await readPages()).flatMap(({ path, blocks }) => {
  const shell = blocks.flatMap(({ language, text }) => (language === 'sh' ? [text] : []));
  return shell.some((text) => callsIn(text).length > 0) ? [{ path, shell }] : [];
});

/** What takes a person at a terminal: test/e2e walks through it, key by key. */
const elsewhere = /^(?:login|demo)/;

/** How calls end that need not end with 0. */
const endings: readonly (readonly [RegExp, readonly number[]])[] = [
  // What a page says may end with 1: somebody has to sign in, or a check failed.
  [/^(?:watch --once|doctor)/, [0, 1]],
  // A program of the reader's own, which is not there.
  [/^run .*-- \.\//, [127]],
  // The CLI alone, which wants a terminal.
  [/^run .*-- claude$/, [1]],
];

/** Profiles of the practice that a page brings itself, or that would be in its way. */
const notYet: Readonly<Record<string, readonly string[]>> = {
  'docs/guides/environments.md': ['test', 'ci'],
  'docs/guides/from-the-scripts.md': ['dev'],
};

interface Machine {
  readonly ports: Ports;
  /** Where a path of it really is. */
  onDisk(path: string): string;
}

/** A machine with the profiles and directories that a page begins with, all of it played. */
const machine = async (page: string): Promise<Machine> => {
  const { root, env, home } = await temporary();
  vi.stubEnv('TMPDIR', root);
  vi.stubEnv('HOME', home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const practice = await openPractice({ env, clock: systemClock, pace: async () => {} });
  onTestFinished(() => practice.close());
  const [folder = ''] = (await readdir(root)).filter((name) => name.includes('practice'));
  const onDisk = (path: string) => join(root, folder, 'lived-in', path);
  const dev = onDisk(`${practiceHome}/.claude-auth-dev`);
  for (const path of [`${practiceHome}/.claude-hub`, `${practiceHome}/.claude`, '/srv/old-login']) {
    await mkdir(dirname(onDisk(path)), { recursive: true });
    await cp(dev, onDisk(path), { recursive: true });
  }
  const { livedIn: ports } = practice;
  await startBots(ports);
  const prepare = async (...argv: readonly string[]) => expect((await runCli(ports, argv)).stderr).toBe('');
  const staging = `${practiceHome}/.claude-auth-staging`;
  await prepare('profile', 'import', staging, '--name', 'prod', '--copy').catch(() => undefined);
  for (const name of notYet[page] ?? []) await prepare('profile', 'remove', name, '--purge', '--yes');
  return { ports, onDisk };
};

/** What runs on the engine of a reader: the bot of a compose project, which mounts a login, and one in a swarm. */
const startBots = async ({ engines, host }: Ports): Promise<void> => {
  const { engine } = await engines.find(new AbortController().signal);
  const { swarm, foreign, containers } = engine as FakeEngine;
  const source = `${host.homeDir}/.claude-auth-dev`;
  const target = '/home/node/.claude';
  foreign.push({
    name: 'app-bot-1',
    mounts: [{ source, target, readOnly: false }],
    environment: { CLAUDE_CONFIG_DIR: target },
    user: null,
  });
  const labels = {
    'com.docker.compose.service': 'bot',
    'com.docker.compose.project.config_files': resolve('compose.yaml'),
  };
  const spec = { name: 'app-bot-1', image: 'bot', command: [], env: [], labels };
  const bot = createFakeContainer('app-bot-1', { ...spec, tty: false, size: null, extraHosts: [] }, 0);
  bot.state = 'running';
  containers.set(bot.id, bot);
  swarm.join();
  swarm.addService('bot', { labels: { [swarmLabels.profile]: 'prod' } });
};

/** Runs a call as a person does, who says yes when asked, and ends a watch after a while. */
const runCall = ({ ports }: Machine, { words, env }: Call) => {
  const host = { ...ports.host, env: { ...ports.host.env, ...env } };
  const argv = words.map((word) => word.replace(/^~(?=\/)/, practiceHome));
  const isAsked = words[0] === 'profile' && words[1] === 'remove' && !words.includes('--yes');
  return runCli({ ...ports, host }, argv, {
    ...(isAsked && { typed: 'y\n' }),
    ...(words[0] === 'watch' && !words.includes('--once') && { signal: AbortSignal.timeout(500) }),
  });
};

describe.each(pages)('$path', ({ path, shell }) => {
  it('works as it is written, line after line', async () => {
    const at = await machine(path);
    for (const words of shell.flatMap(simpleCommands)) {
      if (words[0] === 'mkdir')
        await mkdir(at.onDisk(resolve(practiceProject, words.at(-1)?.replace(/^~/, practiceHome) ?? '')), {
          recursive: true,
        });
    }
    for (const call of shell.flatMap((text) => callsIn(text))) {
      const line = call.words.join(' ');
      if (elsewhere.test(line)) continue;
      if (call.asRoot && process.getuid?.() !== 0) continue;
      const { status, stderr } = await runCall(at, call);
      const ends = endings.find(([pattern]) => pattern.test(line))?.[1] ?? [0];
      expect(ends, `claude-setup ${line}\n${stderr}`).toContain(status);
    }
  }, 60_000);
});
