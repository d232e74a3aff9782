import { stat } from 'node:fs/promises';
import { docker, type Output, whyNoDocker } from '../docker/docker-cli.ts';

const authorities = process.env.CLAUDE_SETUP_TEST_CA || process.env.NODE_EXTRA_CA_CERTS;
const socket = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');

/** A container that stands for somebody's machine: a person who is not root, no compiler, no docker command. */
export interface BareMachine {
  readonly id: string;
  /** Runs a line of bash in it. */
  shell(line: string): Promise<Output>;
  /** The words that run a command in it on a terminal. */
  onTerminal(options: readonly string[], ...command: readonly string[]): readonly string[];
  remove(): Promise<void>;
}

/** Why there can be none here, or null. */
export const whyNoMachine = async (): Promise<string | null> => {
  const noDocker = await whyNoDocker();
  if (noDocker !== null) return noDocker;
  const found = await stat(socket).catch(() => null);
  return found?.isSocket() ? null : 'the engine is not on this machine';
};

/** Starts one from an image, with files of this machine to read; the engine's socket is `/engine.sock` there. */
export const openBareMachine = async (
  image: string,
  files: Readonly<Record<string, string>>,
): Promise<BareMachine> => {
  const readable = authorities ? { ...files, '/authorities.pem': authorities } : files;
  const { status, stdout, stderr } = await docker(
    ...['run', '--detach', '--init', '--label', 'claude-setup.test=bare-machine'],
    ...['--user', '1000:1000', '--group-add', String((await stat(socket)).gid)],
    ...['--volume', `${socket}:/engine.sock`],
    ...Object.entries(readable).flatMap(([to, from]) => ['--volume', `${from}:${to}:ro`]),
    ...(authorities ? ['--env', 'NODE_EXTRA_CA_CERTS=/authorities.pem'] : []),
    ...(authorities ? ['--env', 'npm_config_cafile=/authorities.pem'] : []),
    ...['--env', 'HOME=/tmp/home', '--env', 'LANG=C.UTF-8', image, 'sleep', 'infinity'],
  );
  if (status !== 0 || stderr !== '') throw new Error(`no machine could be started from ${image}: ${stderr}`);
  const id = stdout.trim();
  return {
    id,
    shell: (line) => docker('exec', id, 'bash', '-c', line),
    onTerminal: (options, ...command) => [
      ...['docker', 'exec', '-it', '--env', 'TERM=xterm-256color', ...options, id],
      ...command,
    ],
    remove: async () => void (await docker('rm', '--force', '--volumes', id)),
  };
};
