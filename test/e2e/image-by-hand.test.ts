import { chmod, chown, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { docker, type Output, whyNoDocker } from '../docker/docker-cli.ts';
import { ended, image, mountedDirectory, name, oldLogin } from './by-hand-world.ts';

/** The image used as people used it before: `docker run -it -v DIR:/auth-output claude-setup`. The CLI is scripted. */
const reason = (await whyNoDocker()) ?? (process.getuid?.() === 0 ? null : 'needs root, for other owners');
const goodLogin = '"accessToken":"sk-ant-oat01-TESTnew"';

const captured = (uid: number) => ({
  '.': `700 ${uid}:${uid}`,
  '.claude.json': `600 ${uid}:${uid}`,
  '.credentials.json': `600 ${uid}:${uid}`,
  projects: `700 ${uid}:${uid}`,
  'projects/demo': `700 ${uid}:${uid}`,
  'projects/demo/history.jsonl': `600 ${uid}:${uid}`,
});

describe.skipIf(reason !== null)(
  `the setup image by hand (${reason ?? 'real engine'})`,
  { timeout: 60_000 },
  () => {
    const place = mountedDirectory();
    const { runArgs, run, onTerminal, listing, credentials, keepOldLogin } = place;

    describe('whatever owner the directory has', () => {
      it.each([0, 1000, 1234])('uid %i: everything is its, and for it alone', async (uid) => {
        await chown(place.output, uid, uid);
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
        await rm(place.output, { recursive: true });
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
          ...runArgs(name(), {}, `${place.output}:/auth-output:ro`),
          image,
        );
        expect(status).toBe(1);
        expect(stdout).toBe('');
        expect(stderr).toMatch(/^claude-setup: \/auth-output can't be written \(Read-only file system\)/);
      });

      it('a directory of somebody else keeps nothing of a --user', async () => {
        await chmod(place.output, 0o700);
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
          expect(await readFile(join(place.output, '.claude.json'), 'utf8')).toBe('{"old":true}');
          expect(await readdir(place.output)).toEqual(['.claude.json', '.credentials.json']);
        },
      );

      it('gives way to a new one, which comes by rename', async () => {
        const before = await stat(join(place.output, '.credentials.json'));
        await run({});
        expect(await credentials()).toContain(goodLogin);
        expect((await stat(join(place.output, '.credentials.json'))).ino).not.toBe(before.ino);
      });

      it('gives way though another file could not be copied, which is said', async () => {
        await mkdir(join(place.output, 'projects/demo/history.jsonl/in-the-way'), { recursive: true });
        const { status, stderr } = await run({});
        expect(status).toBe(1);
        expect(stderr).toContain('claude-setup: not everything could be copied to /auth-output');
        expect(await credentials()).toContain(goodLogin);
      });
    });

    it('without any login, what else there is is copied, and no bad credentials', async () => {
      const { stderr } = await run({ LOGIN: 'blanked' });
      expect(stderr).toContain('claude-setup: no login was made\n');
      expect(await readdir(place.output)).toEqual(['.claude.json', 'projects']);
    });

    it('what a killed copy left is cleared away', async () => {
      const left = join(place.output, '.claude-setup-staging.left00');
      await mkdir(left);
      await docker(
        'run',
        '--rm',
        '--volume',
        `${place.output}:/o`,
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
        docker(...runArgs(name(), {}, `${place.output}:/home/node/.claude:${mode}`), image, ...rest);

      it('of another user: the command runs as that user', async () => {
        await chmod(place.output, 0o700);
        await keepOldLogin();
        await chmod(join(place.output, '.credentials.json'), 0o600);
        await chown(join(place.output, '.credentials.json'), 1234, 1234);
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
        await chown(place.output, 0, 0);
        await chmod(place.output, 0o700);
        expect((await mounted('ro', 'true')).stderr).toContain('user 1000 may not use /home/node/.claude');
        await chmod(place.output, 0o755);
        expect((await mounted('ro', 'true')).stderr).toBe('');
        expect((await mounted('rw', 'true')).stderr).toContain('user 1000 may not use /home/node/.claude');
      });
    });
  },
);
