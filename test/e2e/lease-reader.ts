import { expect } from 'vitest';
import { docker, testBase } from '../docker/docker-cli.ts';
import { realCliFolder } from '../support/real-cli.ts';

/** Reads the credentials without a pause, as a CLI might at any moment, and tells each new token and each bad read. */
const script = `
const { readFileSync } = require('node:fs');
const seen = new Set();
const look = () => {
  for (let n = 0; n < 100; n += 1) {
    try {
      const { accessToken, refreshToken } = JSON.parse(readFileSync('/home/node/.claude/.credentials.json', 'utf8')).claudeAiOauth;
      if (!seen.has(accessToken)) { seen.add(accessToken); console.log('token ' + accessToken + ' ' + (refreshToken === undefined ? 'lease' : 'full')); }
    } catch (error) { console.log('bad ' + error); }
  }
  setTimeout(look, 1);
};
process.on('SIGTERM', () => process.exit(0));
console.log('up');
look();`;

/** What a container has read so far. */
interface Reads {
  readonly bad: readonly string[];
  /** Access tokens, each once, in the order in which they came. */
  readonly tokens: readonly string[];
  readonly kinds: readonly string[];
}

/** A container without rights or network that mounts a published directory as its config directory. */
export interface LeaseReader {
  readonly container: string;
  reads(): Promise<Reads>;
  /** How often it was started. */
  starts(): Promise<number>;
  remove(): Promise<void>;
}

/** Starts one as a service of a compose project would be. */
export const startLeaseReader = async (directory: string, service: string): Promise<LeaseReader> => {
  const labels = [
    'claude-setup.test=watch',
    `com.docker.compose.service=${service}`,
    'com.docker.compose.project=claude-setup-test',
  ].flatMap((label) => ['--label', label]);
  const mount = ['-v', `${directory}:/home/node/.claude`, '-v', `${await realCliFolder()}:/cli:ro`];
  const hardening = ['--network', 'none', '--user', '1000:1000', '--cap-drop', 'ALL'];
  const env = ['--env', 'CLAUDE_CONFIG_DIR=/home/node/.claude'];
  const program = [testBase, 'node', '-e', script];
  const started = await docker('run', '-d', ...labels, ...mount, ...hardening, ...env, ...program);
  expect(started.stderr).toBe('');
  const container = started.stdout.trim();
  const lines = async () => (await docker('logs', container)).stdout.split('\n');
  return {
    container,
    async reads() {
      const all = await lines();
      const tokens = all.filter((line) => line.startsWith('token')).map((line) => line.split(' '));
      return {
        bad: all.filter((line) => line.startsWith('bad')),
        tokens: tokens.flatMap(([, token]) => token ?? []),
        kinds: [...new Set(tokens.flatMap(([, , kind]) => kind ?? []))],
      };
    },
    starts: async () => (await lines()).filter((line) => line === 'up').length,
    async remove() {
      await docker('rm', '-f', container);
    },
  };
};
