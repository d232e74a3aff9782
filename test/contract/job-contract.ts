import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseLogin, type StoredLogin } from '../../src/domain/credentials.ts';
import { type LeaseFiles, toLease } from '../../src/domain/lease.ts';
import type { RuntimeKind } from '../../src/domain/profile.ts';
import { loginMark, toFullCopy } from '../../src/domain/working-copy.ts';
import type { Job, JobRequest, PipedProgram } from '../../src/ports/job.ts';
import type { Session } from '../../src/ports/session.ts';
import { interruptedAtEachLook } from '../support/abort-at-look.ts';
import { loginText } from '../support/logins.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { collect } from '../support/session-output.ts';
import type { RuntimeWorld } from './runtime-contract.ts';

const never = new AbortController().signal;
const size = { columns: 80, rows: 24 };

const loginOf = (name: string): StoredLogin => {
  const parsed = parseLogin(loginText(name));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.login;
};
const leaseOf = (name: string): LeaseFiles => toLease(loginOf(name), '{"hasCompletedOnboarding":true}');

const requestOf = (command: readonly string[], change: Partial<JobRequest> = {}): JobRequest => ({
  profile: 'dev',
  command,
  env: [],
  workdir: null,
  size: null,
  container: { image: null, name: null, mounts: [], network: null, user: null, readOnly: false },
  ...change,
});

const pipesOf = ({ program }: Pick<Job, 'program'>): PipedProgram => {
  if (program.kind === 'terminal') throw new Error('it has a terminal');
  return program.pipes;
};
const sessionOf = ({ program }: Pick<Job, 'program'>): Session => {
  if (program.kind === 'pipes') throw new Error('it has no terminal');
  return program.session;
};

/** Waits until a program has written that. */
const shows = async (stream: Readable, wanted: string): Promise<void> => {
  let got = '';
  stream.on('data', (chunk) => {
    got += chunk;
  });
  await vi.waitFor(() => expect(got).toContain(wanted), { timeout: 20_000 });
};

/** Looks at the lease as fast as it can, and tells of every look that found no whole one, and whose tokens it saw. */
const poller = `const { readFileSync } = require('node:fs');
const seen = new Set();
let looks = 0;
process.stdin.resume().on('end', () => { console.log(JSON.stringify({ looks, seen: [...seen] })); process.exit(); });
const look = () => {
  for (let n = 0; n < 200; n += 1) {
    looks += 1;
    try { seen.add(JSON.parse(readFileSync(process.env.CLAUDE_CONFIG_DIR + '/.credentials.json', 'utf8')).claudeAiOauth.accessToken); }
    catch (error) { seen.add(String(error.code ?? error)); }
  }
  setImmediate(look);
};
console.log('looking');
look();`;

/** What every runtime does with commands; `node` and `sh` are where it runs. */
export const jobContract = (kind: RuntimeKind, makeWorld: () => Promise<RuntimeWorld>): void => {
  describe(`job contract: ${kind}`, () => {
    let world: RuntimeWorld;
    beforeAll(async () => {
      world = await makeWorld();
    });
    afterAll(() => world?.close());
    afterEach(async () => {
      for (const copy of unwrap(await world.runtime().findWorkingCopies('dev'))) unwrap(await copy.remove());
      await vi.waitFor(async () => expect(await world.leftovers()).toEqual([]), { timeout: 10_000 });
    });

    const start = async (command: readonly string[], change: Partial<JobRequest> = {}) =>
      unwrap(await world.runtime().startJob(requestOf(command, change), leaseOf('first'), never));

    it('gives a command the lease, private to it, and its own streams and end', async () => {
      const job = await start([
        'sh',
        '-c',
        'cd "$CLAUDE_CONFIG_DIR" && stat -c "%a %n" . .credentials.json .claude.json && cat .credentials.json && touch mine && echo err >&2; exit 7',
      ]);
      const { stdout, stderr, stdin, ended } = pipesOf(job);
      stdin.end();
      const [out, err, end] = await Promise.all([text(stdout), text(stderr), ended]);
      expect(out).toContain('700 .\n600 .credentials.json\n600 .claude.json\n');
      expect(out).toContain('sk-ant-oat01-TEST-first');
      expect(out).not.toContain('sk-ant-ort01');
      expect(err).toBe('err\n');
      expect(end).toEqual({ exitCode: 7 });
      unwrap(await job.remove());
      unwrap(await job.remove());
    });

    it.each([
      ['no such program', ['no-such-program'], 127],
      ['no program', ['/etc/passwd'], 126],
      ['killed', ['sh', '-c', 'kill -9 $$'], 137],
      ['ended by a signal', ['sh', '-c', 'kill -TERM $$; sleep 1'], 143],
    ] as const)('tells the end as a shell does: %s', async (_name, command, exitCode) => {
      const job = await start(command);
      const { stdout, stderr, ended } = pipesOf(job);
      await Promise.all([text(stdout), text(stderr)]);
      expect(await ended).toEqual({ exitCode });
      unwrap(await job.remove());
    });

    it('hands megabytes through in both directions, byte for byte, to the end of the input', async () => {
      const job = await start(['cat']);
      const { stdout, stderr, stdin } = pipesOf(job);
      const sent = randomBytes(8 * 1024 * 1024);
      const [, got] = await Promise.all([
        pipeline(Readable.from([sent.subarray(0, 999), sent.subarray(999)]), stdin),
        buffer(stdout),
        text(stderr),
      ]);
      const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
      expect(sum(got)).toBe(sum(sent));
      unwrap(await job.remove());
    });

    it('can be removed while nobody reads what it writes', async () => {
      const job = await start(['sh', '-c', 'yes; sleep 100']);
      // Until it stands still: what is on its way has filled every buffer.
      const { stdout } = pipesOf(job);
      await new Promise((resolve) => stdout.once('readable', resolve));
      unwrap(await job.remove());
    });

    it('passes a signal on', async () => {
      const job = await start(['sh', '-c', 'trap "exit 5" TERM; echo ready; while :; do sleep 0.05; done']);
      const pipes = pipesOf(job);
      pipes.stderr.resume();
      await shows(pipes.stdout, 'ready');
      await pipes.kill('SIGTERM');
      expect(await pipes.ended).toEqual({ exitCode: 5 });
      unwrap(await job.remove());
    });

    it('runs on a terminal of that size, with the variables and the directory that were asked for', async () => {
      const job = await start(['sh', '-c', 'stty size; echo "$TERM $MINE"; pwd; read line; exit 3'], {
        size,
        env: ['MINE=a=b c', 'TERM=dumb'],
        workdir: '/tmp',
      });
      const session = sessionOf(job);
      const output = collect(session);
      await output.shows('/tmp');
      expect(output.text()).toContain('24 80');
      expect(output.text()).toContain('dumb a=b c');
      session.write('\r');
      expect(await session.ended).toEqual({ exitCode: 3 });
      unwrap(await job.remove());
    });

    it('puts the next lease in place so that a reader finds the old or the new one, whole', async () => {
      const job = await start(['node', '-e', poller]);
      const { stdout, stderr, stdin } = pipesOf(job);
      stderr.resume();
      const out = text(stdout);
      const names = Array.from({ length: 12 }, (_, index) => `push-${index}`);
      for (const name of names) unwrap(await job.push(leaseOf(name)));
      stdin.end();
      const { looks, seen } = JSON.parse((await out).split('\n')[1] ?? '');
      const allowed = ['first', ...names].map((name) => `sk-ant-oat01-TEST-${name}`);
      expect(seen.filter((token: string) => !allowed.includes(token))).toEqual([]);
      expect(seen).toContain(allowed.at(-1));
      expect(looks).toBeGreaterThan(100);
      unwrap(await job.remove());
    });

    it('starts nothing when it is interrupted', async () => {
      const looks = await interruptedAtEachLook(async ({ signal }) => {
        const request = requestOf(['sleep', '100']);
        const started = await world.runtime().startJob(request, leaseOf('first'), signal);
        if (started.ok) unwrap(await started.value.remove());
        else expectFailure(started, 'interrupted');
        expect(await world.leftovers()).toEqual([]);
      });
      expect(looks).toBeGreaterThan(0);
    });

    it('leaves a running job of a living process alone', async () => {
      const job = await start(['sleep', '100']);
      expect(unwrap(await world.runtime().removeLeftJobs())).toBe(0);
      expect(await world.leftovers()).toHaveLength(1);
      unwrap(await job.remove());
    });

    const startFull = async (script: string) => {
      const login = loginOf('whole');
      const copy = toFullCopy(login, null);
      const request = requestOf(['sh', '-c', script]);
      const job = unwrap(await world.runtime().startFullJob(request, copy, never));
      pipesOf(job).stderr.resume();
      return { job, login, pipes: pipesOf(job) };
    };
    const renew =
      'cd "$CLAUDE_CONFIG_DIR"; sed s/TEST-whole/TEST-renewed/g .credentials.json > x; mv x .credentials.json;';
    const tokenIn = (content: Uint8Array | null) =>
      JSON.parse(new TextDecoder().decode(content ?? new Uint8Array())).claudeAiOauth.refreshToken;

    it('hands out a whole login, whose files are there when the command has ended', async () => {
      const { job, login, pipes } = await startFull(`${renew} echo done`);
      expect(await text(pipes.stdout)).toBe('done\n');
      expect(await pipes.ended).toEqual({ exitCode: 0 });
      const [found] = unwrap(await world.runtime().findWorkingCopies('dev'));
      expect(found).toMatchObject({ id: job.copy.id, holder: 'job', base: loginMark(login) });
      expect(unwrap(await job.copy.settled(10_000, never))).toBe(true);
      expect(tokenIn(unwrap(await job.copy.read('.credentials.json', 9999)))).toBe(
        'sk-ant-ort01-TEST-renewed',
      );
      unwrap(await job.copy.remove());
    });

    it('ends a command that holds a whole login, and not while a CLI in it refreshes', async () => {
      const { pipes } = await startFull(
        'cd "$CLAUDE_CONFIG_DIR"; mkdir .oauth_refresh.lock; echo refreshing; read line; ' +
          `${renew} rmdir .oauth_refresh.lock; sleep 100`,
      );
      const [found] = unwrap(await world.runtime().findWorkingCopies('dev'));
      if (found === undefined) throw new Error('it is there');
      await shows(pipes.stdout, 'refreshing');
      expect(unwrap(await found.settled(700, never))).toBe(false);
      pipes.stdin.write('\n');
      expect(unwrap(await found.settled(20_000, never))).toBe(true);
      expect(tokenIn(unwrap(await found.read('.credentials.json', 9999)))).toBe('sk-ant-ort01-TEST-renewed');
      unwrap(await found.remove());
    });
  });
};
