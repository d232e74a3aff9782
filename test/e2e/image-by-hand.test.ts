import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { buildByHand, docker, type Output, planForTest, whyNoDocker } from '../docker/docker-cli.ts';
import { openTerminal } from '../docker/terminal.ts';

/** The image used as people used it before: `docker run -it -v DIR:/auth-output claude-setup`. The CLI is scripted. */
const reason = (await whyNoDocker()) ?? (process.getuid?.() === 0 ? null : 'needs root, for other owners');
const image = 'claude-setup-test/image:by-hand';
const scriptedCli = fileURLToPath(new URL('../docker/scripted-claude.sh', import.meta.url));

const goodLogin = '"accessToken":"sk-ant-oat01-TESTnew"';
const oldLogin = '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-TESTold","expiresAt":1}}';

let folder: string;
/** The mounted directory. */
let output: string;

const name = (): string => {
  const made = `claude-setup-test-${randomBytes(6).toString('hex')}`;
  onTestFinished(async () => {
    await docker('rm', '--force', '--volumes', made);
  });
  return made;
};

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

/** The container's end, and its exit status. */
const ended = async (container: string): Promise<number> => Number((await docker('wait', container)).stdout);

const listing = async (): Promise<Record<string, string>> => {
  const names = await readdir(output, { recursive: true });
  const entries = ['.', ...names].toSorted().map(async (path) => {
    const { mode, uid, gid } = await stat(join(output, path));
    return [path, `${(mode & 0o7777).toString(8)} ${uid}:${gid}`] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};
const captured = (uid: number) => ({
  '.': `700 ${uid}:${uid}`,
  '.claude.json': `600 ${uid}:${uid}`,
  '.credentials.json': `600 ${uid}:${uid}`,
  projects: `700 ${uid}:${uid}`,
  'projects/demo': `700 ${uid}:${uid}`,
  'projects/demo/history.jsonl': `600 ${uid}:${uid}`,
});
const credentials = (): Promise<string> => readFile(join(output, '.credentials.json'), 'utf8');
const keepOldLogin = async (): Promise<void> => {
  await writeFile(join(output, '.credentials.json'), oldLogin);
  await writeFile(join(output, '.claude.json'), '{"old":true}');
};

describe.skipIf(reason !== null)(
  `the setup image by hand (${reason ?? 'real engine'})`,
  { timeout: 60_000 },
  () => {
    beforeAll(async () => {
      const built = await buildByHand(await planForTest(), image);
      if (built.status !== 0) throw new Error(built.stdout + built.stderr);
    });
    afterAll(async () => {
      await docker('image', 'rm', image);
    });
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'claude-setup-by-hand-'));
      output = join(folder, 'auth');
      await mkdir(output, { mode: 0o755 });
      await chown(output, 1234, 1234);
      onTestFinished(() => rm(folder, { recursive: true, force: true }));
    });

    describe('whatever owner the directory has', () => {
      it.each([0, 1000, 1234])('uid %i: everything is its, and for it alone', async (uid) => {
        await chown(output, uid, uid);
        const { status, stdout, stderr } = await run({});
        expect(status).toBe(0);
        expect(stdout).toContain(
          'user 1000:1000, CapPrm: 0000000000000000 CapBnd: 0000000000000000 NoNewPrivs: 1',
        );
        expect(stderr).toContain('claude-setup: the login was copied to /auth-output');
        expect(await listing()).toEqual(captured(uid));
        expect(await credentials()).toContain(goodLogin);
      });

      it('a directory that is not there yet is made by Docker, and said to belong to root', async () => {
        await rm(output, { recursive: true });
        const { status, stderr } = await run({});
        expect(status).toBe(0);
        expect(await listing()).toEqual(captured(0));
        expect(stderr).toContain('belongs to root');
      });

      it('started with --user, nothing needs root', async () => {
        const { status, stdout } = await docker(...runArgs(name(), {}), '--user', '1234:1234', image);
        expect(status).toBe(0);
        expect(stdout).toContain('user 1234:1234');
        expect(await listing()).toEqual(captured(1234));
      });
    });

    describe('however the command ends', () => {
      it.each([0, 1, 7, 130])('exit status %i is passed on', async (code) => {
        const { status } = await run({ END: `${code}` });
        expect(status).toBe(code);
        expect(await credentials()).toContain(goodLogin);
      });

      it('Ctrl+C on the terminal', async () => {
        const session = await onTerminal({ END: 'stay' });
        session.terminal.write('\x03');
        expect(await session.exit).toBe(130);
        expect(await listing()).toEqual(captured(1234));
        expect(session.shown()).toContain('the login was copied to /auth-output\r\n');
      });

      it('Ctrl+C on the terminal, with an init of the engine before ours', async () => {
        const session = await onTerminal({ END: 'stay' }, ['--init']);
        session.terminal.write('\x03');
        expect(await session.exit).toBe(130);
        expect(await listing()).toEqual(captured(1234));
      });

      it('the terminal closed', async () => {
        const session = await onTerminal({ END: 'stay' });
        session.terminal.kill('SIGHUP');
        expect(await ended(session.container)).toBe(129);
        expect(await listing()).toEqual(captured(1234));
      });

      it.each(['TERM', 'HUP', 'INT', 'QUIT'])('%s without a terminal', async (signal) => {
        const container = name();
        await docker(...runArgs(container, { END: 'stay' }), '--detach', image);
        await vi.waitFor(async () => expect((await docker('logs', container)).stdout).toContain('ready'), {
          timeout: 30_000,
        });
        await docker('kill', '--signal', signal, container);
        const status = { TERM: 143, HUP: 129, INT: 130, QUIT: 131 }[signal];
        expect(await ended(container)).toBe(status);
        expect(await listing()).toEqual(captured(1234));
      });

      it('docker stop', async () => {
        const session = await onTerminal({ END: 'stay' });
        await docker('stop', session.container);
        expect(await session.exit).toBe(143);
        expect(await listing()).toEqual(captured(1234));
      });

      it('docker stop, though the command is deaf to it', async () => {
        const session = await onTerminal({ END: 'deaf' });
        await docker('stop', session.container);
        expect(await session.exit).toBe(137);
        expect(await listing()).toEqual(captured(1234));
      });

      it('a shell that is left by docker stop', async () => {
        const session = await onTerminal({}, [], 'bash', '--norc');
        session.terminal.write('claude && echo si""gned\r');
        await vi.waitFor(() => expect(session.shown()).toContain('signed'), { timeout: 30_000 });
        await docker('stop', session.container);
        expect(await session.exit).toBe(129);
        expect(await listing()).toEqual(captured(1234));
      });
    });

    describe('before the sign-in it is said that', () => {
      it('a read-only directory keeps nothing', async () => {
        const { status, stdout, stderr } = await docker(
          ...runArgs(name(), {}, `${output}:/auth-output:ro`),
          image,
        );
        expect(status).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toMatch(/^claude-setup: \/auth-output can't be written \(Read-only file system\)/);
      });

      it('a directory of somebody else keeps nothing of a --user', async () => {
        await chmod(output, 0o700);
        const { status, stdout, stderr } = await docker(...runArgs(name(), {}), '--user', 'node', image);
        expect(status).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toMatch(/^claude-setup: \/auth-output can't be written \(Permission denied\)/);
      });

      it('a full disk keeps nothing', async () => {
        const full = ['--tmpfs', '/auth-output:size=4k'];
        const { status, stdout, stderr } = await docker(...runArgs(name(), {}, ''), ...full, image);
        expect(status).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toContain('claude-setup: the disk under /auth-output is full');
      });

      it('a login stays in the container when nothing is mounted', async () => {
        const { status, stderr } = await docker(...runArgs(name(), {}, ''), image);
        expect(status).toBe(0);
        expect(stderr).toBe(
          'claude-setup: nothing is mounted on /auth-output, so this login will stay in the container\n',
        );
      });
    });

    describe('a good login in the directory', () => {
      beforeEach(keepOldLogin);

      it.each(['blanked', 'empty', 'none'])(
        'stays when the new one is %s, and so does the rest',
        async (kind) => {
          const { status, stderr } = await run({ LOGIN: kind, END: '1' });
          expect(status).toBe(1);
          expect(stderr).toBe(
            'claude-setup: no new login was made; the login in /auth-output stays as it was\n',
          );
          expect(await credentials()).toBe(oldLogin);
          expect(await readFile(join(output, '.claude.json'), 'utf8')).toBe('{"old":true}');
          expect(await readdir(output)).toEqual(['.claude.json', '.credentials.json']);
        },
      );

      it('gives way to a new one, which comes by rename', async () => {
        const before = await stat(join(output, '.credentials.json'));
        await run({});
        expect(await credentials()).toContain(goodLogin);
        expect((await stat(join(output, '.credentials.json'))).ino).not.toBe(before.ino);
      });

      it('gives way though another file could not be copied, which is said', async () => {
        await mkdir(join(output, 'projects/demo/history.jsonl/in-the-way'), { recursive: true });
        const { status, stderr } = await run({});
        expect(status).toBe(1);
        expect(stderr).toContain('claude-setup: not everything could be copied to /auth-output');
        expect(await credentials()).toContain(goodLogin);
      });
    });

    it('without any login, what else there is is copied, and no bad credentials', async () => {
      const { stderr } = await run({ LOGIN: 'blanked' });
      expect(stderr).toContain('claude-setup: no login was made\n');
      expect(await readdir(output)).toEqual(['.claude.json', 'projects']);
    });

    it('what a killed copy left is cleared away', async () => {
      const left = join(output, '.claude-setup-staging.left00');
      await mkdir(left);
      await docker(
        'run',
        '--rm',
        '--volume',
        `${output}:/o`,
        '--entrypoint',
        'touch',
        image,
        '-d',
        '1 hour ago',
        `/o/${'.claude-setup-staging.left00'}`,
      );
      await run({});
      expect(await listing()).toEqual(captured(1234));
    });

    it('a command that is not there ends with 127', async () => {
      expect((await run({}, 'no-such-command')).status).toBe(127);
      expect((await docker(...runArgs(name(), {}, ''), image, 'no-such-command')).status).toBe(127);
    });

    describe('an old production mount on the config directory', () => {
      const mounted = (mode: string, ...rest: readonly string[]): Promise<Output> =>
        docker(...runArgs(name(), {}, `${output}:/home/node/.claude:${mode}`), image, ...rest);

      it('of another user: the command runs as that user', async () => {
        await chmod(output, 0o700);
        await keepOldLogin();
        await chmod(join(output, '.credentials.json'), 0o600);
        await chown(join(output, '.credentials.json'), 1234, 1234);
        const { stdout, stderr } = await mounted(
          'ro',
          'bash',
          '-c',
          'id -u; cat "$CLAUDE_CONFIG_DIR/.credentials.json"',
        );
        expect(stdout).toBe(`1234\n${oldLogin}`);
        expect(stderr).toBe(
          'claude-setup: /home/node/.claude belongs to user 1234, so the command runs as that user\n',
        );
      });

      it('of root: it says that nothing can be read or kept', async () => {
        await chown(output, 0, 0);
        await chmod(output, 0o700);
        expect((await mounted('ro', 'true')).stderr).toContain('user 1000 may not use /home/node/.claude');
        await chmod(output, 0o755);
        expect((await mounted('ro', 'true')).stderr).toBe('');
        expect((await mounted('rw', 'true')).stderr).toContain('user 1000 may not use /home/node/.claude');
      });
    });
  },
);
