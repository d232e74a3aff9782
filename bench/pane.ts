import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installStandIn } from '../test/support/stand-in-cli/install.ts';
import { baseImage, docker, engineWithBase } from './engine.ts';
import { type Env, type OnTerminal, onTerminal } from './processes.ts';
import { NotHere } from './row.ts';
import type { World } from './world.ts';

/** What the pane's shell is asked for and answers; put together by it, so that the question does not hold it. */
const asked = "printf 'rea%s\\n' dy-now";
const answered = 'ready-now';

/** The wizard with a shell in its pane: the sandbox's, so that no image and no network is in what is measured. */
export const openPane = async ({ program, home, folder }: World): Promise<OnTerminal> => {
  const env = await home(1);
  // Nobody is signed in, so the wizard goes to the session.
  await rm(join(env.HOME ?? '', 'dev', '.credentials.json'));
  const bin = await folder('bin');
  await installStandIn(bin);
  const withCli: Env = { ...env, PATH: `${bin}:${env.PATH}`, CLAUDE_CONFIG_DIR: join(bin, 'none') };
  const command = [...program, 'login', 'dev', '--runtime', 'sandbox', '--method', 'shell'];
  const terminal = onTerminal(command, withCli);
  await toPane(terminal);
  return terminal;
};

/** Enter through whatever the wizard asks before the session. */
const toPane = async (terminal: OnTerminal): Promise<void> => {
  for (let tries = 0; tries < 40; tries += 1) {
    const there = await terminal.waitFor('Ctrl+]', 500).then(
      () => true,
      () => false,
    );
    if (there) break;
    terminal.type('\r');
  }
  await becomesReady(terminal);
};

/** The same shell on a terminal without us. */
export const openRaw = async ({ home }: World): Promise<OnTerminal> =>
  openShell(['bash', '--norc'], await home(0));

/** The same shell below `script`, which records a terminal. */
export const openScript = async ({ home }: World): Promise<OnTerminal> => {
  const env = await home(0);
  const script = ['script', '-qc', 'bash --norc', '/dev/null'];
  return openShell(script, env).catch((error: Error) => {
    throw new NotHere(`script does not run here: ${error.message.split('\n')[0]}`);
  });
};

/** A shell in a container of the tests' base image, as `docker run -it` shows it. */
export const openContainer = async (): Promise<OnTerminal> => {
  await engineWithBase();
  const name = `claude-setup-bench-${process.pid}`;
  const options = ['--name', name, '--label', 'claude-setup-bench=1', '-e', 'LANG=C.UTF-8'];
  const { HOME = '', PATH = '', DOCKER_HOST } = process.env;
  const env = { HOME, PATH, ...(DOCKER_HOST && { DOCKER_HOST }) };
  const terminal = await openShell(['docker', 'run', '-it', ...options, baseImage, 'bash', '--norc'], env);
  return {
    ...terminal,
    end: async () => {
      await terminal.end();
      await docker('rm', '-f', name);
    },
  };
};

const openShell = async (command: readonly string[], env: Env): Promise<OnTerminal> => {
  const terminal = onTerminal(command, env);
  await becomesReady(terminal);
  return terminal;
};

const becomesReady = async (terminal: OnTerminal): Promise<void> => {
  terminal.type(`${asked}\r`);
  await terminal.waitFor(answered);
};
