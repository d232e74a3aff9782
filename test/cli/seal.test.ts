import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createSealedStore } from '../../src/adapters/store/seal/sealed-store.ts';
import { passphrasePrompt } from '../../src/cli/ask-passphrase.ts';
import { applyFirstRun, planFirstRun } from '../../src/usecases/first-run.ts';
import { lend } from '../../src/usecases/lend.ts';
import { loginText, stateText } from '../support/logins.ts';
import { memoryKeyring } from '../support/memory-keyring.ts';
import { unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const uid = process.getuid?.() ?? null;
const never = new AbortController().signal;

/** A profile `prod` with a login on the real disk, and a world that seals for real. */
const ground = async ({ passphrase = null as string | null } = {}) => {
  const { root, authDir } = await temporary();
  const keyring = memoryKeyring();
  const passphraseFile = passphrase === null ? null : join(root, 'passphrase');
  if (passphraseFile !== null) writeFileSync(passphraseFile, `${passphrase}\n`);
  await mkdir(authDir, { mode: 0o700 });
  await writeFile(join(authDir, '.credentials.json'), loginText('prod'), { mode: 0o600 });
  await writeFile(join(authDir, '.claude.json'), stateText('prod'), { mode: 0o600 });
  const world = createFakeWorld();
  world.addProfile('prod', { authDir, signedIn: false });
  const portsWith = (file: string | null) => ({
    ...world.ports,
    ...createSealedStore({ uid, keyring, passphraseFile: file, workFactor: 10 }),
    host: { ...world.ports.host, uid },
  });
  const run = (...argv: readonly string[]) => runCli(portsWith(passphraseFile), argv);
  return { root, authDir, keyring, world, run, portsWith, ports: portsWith(passphraseFile), passphraseFile };
};

it('seals, checks and unseals a profile', async () => {
  const { authDir, run, keyring } = await ground();
  const sealed = await run('profile', 'seal', 'prod');
  expect(sealed).toMatchObject({ status: 0, stderr: '' });
  expect(sealed.stdout).toContain(
    `prod is sealed: all that is in ${authDir} is login.age, opened with an identity in the system's keyring`,
  );
  expect(sealed.stdout).toContain('claude-setup refresh prod --force');
  expect(readdirSync(authDir)).toEqual(['login.age']);
  const again = await run('profile', 'seal', 'prod', '--json');
  expect(JSON.parse(again.stdout)).toEqual({
    name: 'prod',
    authDir,
    sealed: 'keyring',
    leftPlain: [],
    snapshotsLeft: 0,
  });
  const check = await run('check', 'prod', '--json');
  expect(check.status).toBe(0);
  expect(JSON.parse(check.stdout)).toMatchObject({
    account: { email: 'prod@example.com', plan: 'max' },
    token: { refreshable: true },
  });

  keyring.there = false;
  const locked = await run('check', 'prod', '--json');
  expect(locked.status).toBe(1);
  const { findings, status } = JSON.parse(locked.stdout);
  expect(status).toBe('fail');
  const failed = findings.filter((finding: { status: string }) => finding.status === 'fail');
  expect(failed).toEqual([
    {
      id: 'credentials.present',
      status: 'fail',
      summary: `The login is sealed and locked: ${authDir} is sealed and could not be opened: the system's keyring, which holds its key, does not answer`,
      fix: 'unlock the keyring, or log in to the desktop it belongs to, then try again',
    },
  ]);
  expect(findings.filter((finding: { status: string }) => finding.status === 'warn')).toEqual([]);
  expect(await run('profile', 'unseal', 'prod')).toMatchObject({ status: 1 });
  keyring.there = true;

  const unsealed = await run('profile', 'unseal', 'prod');
  expect(unsealed).toMatchObject({ status: 0, stderr: '' });
  expect(readFileSync(join(authDir, '.credentials.json'), 'utf8')).toBe(loginText('prod'));
  expect(existsSync(join(authDir, 'login.age'))).toBe(false);
});

it('changes the passphrase without a terminal', async () => {
  const { root, run, portsWith, authDir } = await ground({ passphrase: 'one' });
  expect((await run('profile', 'seal', 'prod')).stdout).toContain('opened with a passphrase');
  // Nobody is there to be asked for a new one.
  expect(await run('profile', 'seal', 'prod', '--change-passphrase')).toMatchObject({ status: 1 });
  const next = join(root, 'next');
  writeFileSync(next, 'two');
  expect(await run('profile', 'seal', 'prod', '--new-passphrase-file', next)).toMatchObject({ status: 0 });
  expect((await portsWith(next).store.readLogin(authDir)).ok).toBe(true);
  expect(await run('profile', 'unseal', 'prod')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(
      'the passphrase in the file of CLAUDE_SETUP_PASSPHRASE_FILE is not the right one',
    ),
  });
});

it('adds a profile that is sealed from the beginning', async () => {
  const { root, run } = await ground();
  const dir = join(root, 'new');
  const added = await run('profile', 'add', 'new', '--dir', dir, '--sealed');
  expect(added).toMatchObject({ status: 0 });
  expect(added.stdout).toContain('new is sealed');
  expect(added.stdout).toContain('Next: claude-setup login new');
  expect(readdirSync(dir)).toEqual(['login.age']);
});

it('lends and answers the first-run screens of a sealed profile, and never over what it can not see', async () => {
  const { authDir, ports, portsWith, run, world, passphraseFile } = await ground({ passphrase: 'one' });
  await run('profile', 'seal', 'prod');
  const [profile] = world.config.profiles;
  if (profile === undefined) throw new Error('no profile');
  const lent = unwrap(await lend(ports, { profile }, () => {}, never));
  expect(lent.lease.files.get('.credentials.json')).toContain('sk-ant-oat01-TEST-prod');
  expect(lent.lease.files.get('.credentials.json')).not.toContain('sk-ant-ort01');

  const locked = portsWith(null);
  expect(await planFirstRun(locked, { authDir, trustFolders: ['/app'] })).toMatchObject({
    failure: { code: 'seal.locked' },
  });
  expect(await lend(locked, { profile }, () => {}, never)).toMatchObject({
    failure: { code: 'seal.locked' },
  });
  const plan = unwrap(await planFirstRun(ports, { authDir, trustFolders: ['/app'] }));
  unwrap(await applyFirstRun(ports, { authDir, plan }));
  const { stateFile } = unwrap(await portsWith(passphraseFile).store.readLogin(authDir));
  expect(JSON.parse(stateFile ?? '')).toMatchObject({
    oauthAccount: { emailAddress: 'prod@example.com' },
    projects: { '/app': { hasTrustDialogAccepted: true } },
  });
  expect(readdirSync(authDir)).toEqual(['login.age']);
});

/** A terminal in memory: what was shown, and a person who types when a question is there. */
const terminal = (answers: readonly string[]) => {
  const left = [...answers];
  let shown = '';
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const stderr = {
    write: (text: string) => {
      shown += text;
      if (text.endsWith(': ')) stdin.write(left.shift() ?? '\x04');
    },
  };
  const io = { stdin: stdin as never, stderr: stderr as never };
  return { ask: passphrasePrompt(io, never), shown: () => shown, raw };
};

const question = { authDir: '/srv/prod', purpose: 'open', again: false, tried: Promise.resolve() } as const;

it('asks without an echo, and edits as a terminal does', async () => {
  const { ask, shown, raw } = terminal(['geheim\x7f\x7fx ü\r']);
  expect(await ask(question)).toBe('gehex ü');
  expect(shown()).toBe('Passphrase of /srv/prod: \n');
  expect(raw).toEqual([true, false]);
  expect(await terminal(['abc\x15d\r']).ask({ ...question, again: true })).toBe('d');
  for (const leave of ['\x03', '\x04']) expect(await terminal([`abc${leave}`]).ask(question)).toBeNull();
  const pasted = terminal(['two lines\r\nand more\r\n']);
  expect(await pasted.ask(question)).toBe('two lines');
});

it('asks for a new one until it was given twice', async () => {
  const { ask, shown } = terminal(['one\r', 'two\r', 'three\r', 'three\r']);
  expect(await ask({ ...question, purpose: 'new' })).toBe('three');
  expect(shown()).toContain('They differ.');
  expect(await terminal(['\r']).ask({ ...question, purpose: 'new' })).toBeNull();
});
