import { access, lstat, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import type { Pace } from '../../../src/adapters/practice/pace.ts';
import { openPracticeFolder } from '../../../src/adapters/practice/practice-folder.ts';
import { ownIdentity } from '../../../src/adapters/store/process-identity.ts';
import { openPractice } from '../../../src/open-practice.ts';
import type { Ports } from '../../../src/ports/ports.ts';
import { buildImage, planImage } from '../../../src/usecases/build-image.ts';
import { capture } from '../../../src/usecases/capture.ts';
import { checkDirectory } from '../../../src/usecases/check.ts';
import { addProfile, resolveProfile } from '../../../src/usecases/profiles.ts';
import { refresh } from '../../../src/usecases/refresh.ts';
import { startSignIn } from '../../../src/usecases/sign-in.ts';
import { verify } from '../../../src/usecases/verify.ts';
import { expectFailure, unwrap } from '../../support/results.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;
const atOnce: Pace = async () => {};

/** A practice in a temporary folder of its own. */
const practise = async () => {
  const { root, env, home } = await temporary();
  vi.stubEnv('TMPDIR', root);
  vi.stubEnv('HOME', home);
  onTestFinished(() => void vi.unstubAllEnvs());
  const practice = await openPractice({ env: { ...env, TERM: 'xterm' }, clock: systemClock, pace: atOnce });
  onTestFinished(() => practice.close());
  return { practice, root, home };
};

const folders = async (root: string) => (await readdir(root)).filter((name) => name.includes('practice'));

const profile = async (ports: Ports, name: string) => unwrap(await resolveProfile(ports, name)).profile;

describe('the worlds of the practice', () => {
  it('hold profiles in every kind of health, by the real checks on real files', async () => {
    const { practice } = await practise();
    const { profiles } = unwrap(await practice.livedIn.settings.load());
    const health = await Promise.all(
      profiles.map(async ({ name, authDir }) => {
        const report = await checkDirectory(practice.livedIn, { authDir, profile: name, live: null });
        const worst = report.findings.find(({ status }) => status === report.status);
        return [name, report.status, report.status === 'pass' ? '' : worst?.id];
      }),
    );
    expect(health).toEqual([
      ['dev', 'pass', ''],
      ['staging', 'warn', 'token.expiry'],
      ['test', 'fail', 'token.expiry'],
      ['ci', 'warn', 'credentials.scopes'],
      ['laptop', 'pass', ''],
      ['broken', 'fail', 'credentials.empty'],
      ['open', 'warn', 'credentials.permissions'],
    ]);
  });

  it('are gone at the end, and so are those of a practice that was killed', async () => {
    const { practice, root } = await practise();
    await mkdir(join(root, 'claude-setup-practice-killed'));
    const dead = { ...(await ownIdentity()), pid: 2 ** 30, started: 'long ago' };
    await writeFile(join(root, 'claude-setup-practice-killed', 'owner.json'), JSON.stringify(dead));
    expect(await folders(root)).toHaveLength(2);
    const other = await openPracticeFolder();
    expect((await folders(root)).includes('claude-setup-practice-killed')).toBe(false);
    await other.remove();
    await practice.close();
    expect(await folders(root)).toEqual([]);
  });

  it('write nothing into HOME, and take paths for paths of their own', async () => {
    const { practice, home } = await practise();
    unwrap(
      await addProfile(practice.fresh, {
        name: 'dev',
        authDir: home,
        runtime: 'docker',
        allowOccupied: false,
      }),
    );
    unwrap(await practice.fresh.store.write(home, new Map([['.credentials.json', '{}']])));
    expect(await readdir(home)).toEqual([]);
    const facts = await practice.fresh.store.gather(home);
    expect(facts).toMatchObject({ authDir: home, credentials: { kind: 'file', size: 2 } });
    expect(practice.fresh.settings.home).toBe('/home/practice/.config/claude-setup');
    await expect(access('/home/practice')).rejects.toThrow('ENOENT');
  });

  it('write a file that is named without a folder into the folder of their project', async () => {
    const { practice, root } = await practise();
    const name = 'practice-output-of-a-test.txt';
    const written = unwrap(await practice.livedIn.outputFiles.writeNew(name, 'text'));
    expect(written.path).toBe(`/home/practice/project/${name}`);
    const [folder = ''] = await folders(root);
    await access(join(root, folder, 'lived-in', written.path));
    await expect(access(name)).rejects.toThrow('ENOENT');
  });

  it('show nothing of the real environment', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-api03-TEST');
    const { practice } = await practise();
    expect(Object.keys(practice.livedIn.host.env).sort()).toEqual(['HOME', 'TERM']);
  });
});

describe('what is played', () => {
  it('is an image build, by steps', async () => {
    const { practice } = await practise();
    const { fresh } = practice;
    const { engine } = await fresh.engines.find(never);
    if (engine === null) throw new Error('the practice has an engine');
    const plan = unwrap(await planImage(fresh, unwrap(await fresh.settings.load()).image));
    const steps: number[] = [];
    const built = unwrap(
      await buildImage(
        fresh,
        { engine, plan, noCache: false },
        (event) => event.type === 'step' && steps.push(event.step),
        never,
      ),
    );
    expect(steps).toEqual([1, 2, 3, 4, 5, 6]);
    expect(built.image.labels).toMatchObject({ 'claude-setup.cli-version': '2.1.330' });
    const again = await buildImage(fresh, { engine, plan, noCache: false }, () => {}, never);
    expect(unwrap(again).built).toBe(false);
  });

  it.each(['docker', 'sandbox'] as const)(
    'is a sign-in by link and code, captured and verified: %s',
    async (kind) => {
      const { practice } = await practise();
      const { fresh } = practice;
      const added = await addProfile(fresh, {
        name: 'dev',
        authDir: null,
        runtime: kind,
        allowOccupied: false,
      });
      const { profile: dev } = unwrap(added);
      const { engine } = await fresh.engines.find(never);
      const plan = unwrap(await fresh.imageSource.plan(unwrap(await fresh.settings.load()).image));
      if (engine === null) throw new Error('the practice has an engine');
      const runtime = kind === 'docker' ? fresh.runtimes.docker(engine, plan) : fresh.runtimes.sandbox();
      const input = { runtime, profile: dev, method: 'auth-login', size: { columns: 80, rows: 24 } } as const;
      const signIn = unwrap(await startSignIn(fresh, input, never));
      const screen = () =>
        signIn.screen
          ?.rows()
          .map(({ runs }) => runs.map(({ text }) => text).join(''))
          .join('\n') ?? '';
      await vi.waitFor(() => expect(signIn.state.url).toContain('https://claude.com/cai/oauth/authorize?'));
      await vi.waitFor(() => expect(screen()).toContain('Type or paste this one:  practice#code'));
      signIn.write('no code\r');
      await vi.waitFor(() => expect(screen()).toContain('Invalid code'));
      signIn.sendCode(' practice#code ');
      expect((await signIn.settled(never)).phase).toBe('signed-in');
      signIn.close();
      unwrap(await capture(fresh, { profile: dev, run: signIn.run, longLivedToken: null }, () => {}, never));
      const report = unwrap(await verify(fresh, { profile: dev, runtime }, never));
      expect(report.account.email).toBe('ada@example.com');
      expect(report.findings.at(-1)).toMatchObject({ id: 'cli.accepts', status: 'pass' });
    },
  );

  it('is a refresh, and one that is refused because another copy was refreshed before', async () => {
    const { practice } = await practise();
    const { livedIn } = practice;
    const staging = await profile(livedIn, 'staging');
    const input = { profile: staging, marginMs: null };
    const fresh = unwrap(await refresh(livedIn, input, () => {}, never));
    expect(fresh.outcome).toBe('refreshed');
    expect((fresh.expiresAt ?? 0) - Date.now()).toBeGreaterThan(7 * 3600_000);
    const laptop = await profile(livedIn, 'laptop');
    const refused = await refresh(livedIn, { profile: laptop, marginMs: null }, () => {}, never);
    expectFailure(refused, 'refresh.refused');
  });
});

it('a practice has files with the modes that a damage left', async () => {
  const { practice, root } = await practise();
  const [folder = ''] = await folders(root);
  expect((await profile(practice.livedIn, 'open')).authDir).toBe('/home/practice/.claude-auth-open');
  const stat = await lstat(join(root, folder, 'lived-in/home/practice/.claude-auth-open/.credentials.json'));
  expect(stat.mode & 0o777).toBe(0o644);
});
