import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { openPtySession } from '../../../../src/adapters/pty/session.ts';
import { createSealedStore } from '../../../../src/adapters/store/seal/sealed-store.ts';
import { streamOf, tarBytes } from '../../../support/config-tar.ts';
import { loginText, stateText } from '../../../support/logins.ts';
import { memoryKeyring } from '../../../support/memory-keyring.ts';
import { unwrap } from '../../../support/results.ts';
import { temporary } from '../../../support/temporary.ts';

const run = promisify(execFile);
const uid = process.getuid?.() ?? null;
const installed = ['age', 'age-keygen'].every((tool) => spawnSync(tool, ['--version']).error === undefined);
const withAge = it.skipIf(!installed);
const why = installed ? '' : ' (skipped: the age tool is not installed)';

const passphrase = 'correct horse battery staple';
const files = {
  './.credentials.json': loginText('one'),
  './.claude.json': stateText('one'),
  './projects/a.jsonl': 'talk of one',
};

/** age asks for passphrases on a terminal only. */
const ageWithPassphrase = async (args: readonly string[], cwd: string): Promise<void> => {
  const opened = await openPtySession({
    command: 'age',
    args,
    cwd,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm' },
    size: { columns: 200, rows: 24 },
  });
  const session = unwrap(opened);
  let said = '';
  let answered = 0;
  session.onOutput((chunk) => {
    said += Buffer.from(chunk).toString();
    // It asks twice when it encrypts.
    const asked = said.match(/(?:Enter|Confirm) passphrase[^:]*:/g)?.length ?? 0;
    for (; answered < asked; answered += 1) session.write(Buffer.from(`${passphrase}\r`));
  });
  const { exitCode } = await session.ended;
  if (exitCode !== 0) throw new Error(said);
};

const listed = async (tar: string): Promise<readonly string[]> =>
  (await run('tar', ['tf', tar])).stdout.trim().split('\n').sort();

const sealedBy = async (key: 'keyring' | 'passphrase') => {
  const place = await temporary();
  const keyring = memoryKeyring();
  const passphraseFile = join(place.root, 'passphrase');
  writeFileSync(passphraseFile, `${passphrase}\n`);
  const open = () =>
    createSealedStore({ uid, keyring, passphraseFile: key === 'passphrase' ? passphraseFile : null });
  const { store, seals } = open();
  unwrap(await seals.seal(place.authDir, { key }));
  const signal = new AbortController().signal;
  const staged = await store.stage(place.authDir, streamOf(await tarBytes(files)), { leaveOut: [], signal });
  unwrap(await store.commit(unwrap(staged)));
  return {
    ...place,
    keyring,
    open,
    sealed: join(place.authDir, 'login.age'),
    tar: join(place.root, 'state.tar'),
  };
};

withAge(
  `age opens what is sealed with the keyring, and what age makes for that key opens here${why}`,
  async () => {
    const { root, authDir, keyring, open, sealed, tar } = await sealedBy('keyring');
    const identity = join(root, 'identity.txt');
    writeFileSync(identity, keyring.entries.get(authDir) ?? '', { mode: 0o600 });
    await run('age', ['-d', '-i', identity, '-o', tar, sealed]);
    expect(await listed(tar)).toEqual(['.claude.json', '.credentials.json', 'projects/', 'projects/a.jsonl']);
    expect((await run('tar', ['xOf', tar, '.credentials.json'])).stdout).toBe(loginText('one'));

    const recipient = (await run('age-keygen', ['-y', identity])).stdout.trim();
    writeFileSync(tar, await tarBytes({ ...files, './.credentials.json': loginText('two') }));
    for (const armor of [[], ['-a']]) {
      await run('age', [...armor, '-r', recipient, '-o', sealed, tar]);
      if (armor.length > 0) expect(readFileSync(sealed, 'utf8')).toMatch(/^-----BEGIN AGE/);
      const { store, seals } = open();
      expect(await seals.keyOf(authDir)).toBe('keyring');
      expect(unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken).toContain('TEST-two');
    }
    unwrap(await open().store.write(authDir, new Map([['settings.json', '{}']])));
    await run('age', ['-d', '-i', identity, '-o', tar, sealed]);
    expect(await listed(tar)).toContain('settings.json');
  },
);

withAge(
  `age opens what is sealed with a passphrase, and what age makes with one opens here${why}`,
  async () => {
    const { root, authDir, open, sealed, tar } = await sealedBy('passphrase');
    await ageWithPassphrase(['-d', '-o', tar, sealed], root);
    expect(await listed(tar)).toEqual(['.claude.json', '.credentials.json', 'projects/', 'projects/a.jsonl']);
    expect((await run('tar', ['xOf', tar, '.credentials.json'])).stdout).toBe(loginText('one'));

    // As a person would make one: tar of a directory, age on a terminal.
    const folder = join(root, 'plain');
    await mkdir(folder);
    writeFileSync(join(folder, '.credentials.json'), loginText('two'));
    await run('tar', ['cf', tar, '-C', folder, '.']);
    await run('rm', [sealed]);
    await ageWithPassphrase(['-p', '-o', sealed, tar], root);
    const { store, seals } = open();
    expect(await seals.keyOf(authDir)).toBe('passphrase');
    expect(unwrap(await store.readLogin(authDir)).login.claudeAiOauth.accessToken).toContain('TEST-two');
  },
  60_000,
);
