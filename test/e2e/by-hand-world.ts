import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, vi } from 'vitest';
import { buildByHand, docker, type Output, planForTest } from '../docker/docker-cli.ts';
import { openTerminal } from '../docker/terminal.ts';

export const image = 'claude-setup-test/image:by-hand';
const scriptedCli = fileURLToPath(new URL('../docker/scripted-claude.sh', import.meta.url));

export const oldLogin = '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TESTold","expiresAt":1}}';

export const name = (): string => {
  const made = `claude-setup-test-${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await docker('rm', '--force', '--volumes', made);
  });
  return made;
};

/** The container's end, and its exit status. */
export const ended = async (container: string): Promise<number> =>
  Number((await docker('wait', container)).stdout);

/** The image, and for each test a directory of user 1234 to mount on it. Where a `describe` calls it, its hooks are. */
export const mountedDirectory = () => {
  let output = '';
  beforeAll(async () => {
    const built = await buildByHand(await planForTest(), image);
    if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  });
  afterAll(async () => {
    await docker('image', 'rm', image);
  });
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'claude-setup-by-hand-'));
    output = join(folder, 'auth');
    await mkdir(output, { mode: 0o755 });
    await chown(output, 1234, 1234);
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
  });

  const runArgs = (container: string, script: Record<string, string>, mount = `${output}:/auth-output`) => [
    'run',
    '--name',
    container,
    '--volume',
    `${scriptedCli}:/usr/local/bin/claude:ro`,
    ...(mount === '' ? [] : ['--volume', mount]),
    ...Object.entries(script).flatMap(([key, value]) => ['--env', `SCRIPT_${key}=${value}`]),
  ];

  const run = (script: Record<string, string>, ...rest: readonly string[]): Promise<Output> =>
    docker(...runArgs(name(), script), image, ...rest);

  /** `docker run -it` on a real pseudo-terminal, once the scripted CLI says that it is ready, or a shell shows its prompt. */
  const onTerminal = async (
    script: Record<string, string>,
    options: readonly string[] = [],
    ...rest: readonly string[]
  ) => {
    const container = name();
    const [command = '', ...args] = runArgs(container, script);
    const session = openTerminal('docker', [command, '-it', ...options, ...args, image, ...rest]);
    onTestFinished(() => session.terminal.kill('SIGKILL'));
    await vi.waitFor(() => expect(session.shown()).toMatch(/ready|\$ $/), { timeout: 30_000 });
    return { container, ...session };
  };

  const listing = async (): Promise<Record<string, string>> => {
    const names = await readdir(output, { recursive: true });
    const entries = ['.', ...names].toSorted().map(async (path) => {
      const { mode, uid, gid } = await stat(join(output, path));
      return [path, `${(mode & 0o7777).toString(8)} ${uid}:${gid}`] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  };

  const credentials = (): Promise<string> => readFile(join(output, '.credentials.json'), 'utf8');
  const keepOldLogin = async (): Promise<void> => {
    await writeFile(join(output, '.credentials.json'), oldLogin);
    await writeFile(join(output, '.claude.json'), '{"old":true}');
  };

  return {
    /** The mounted directory. */
    get output() {
      return output;
    },
    runArgs,
    run,
    onTerminal,
    listing,
    credentials,
    keepOldLogin,
  };
};
