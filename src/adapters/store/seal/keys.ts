import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { shownPath } from '../../../domain/capture-rules.ts';
import { fail, ok, type Result } from '../../../domain/failure.ts';
import type { KeyKind } from '../../../domain/seal.ts';
import type { AskPassphrase } from '../../../ports/seals.ts';
import { errorCode } from '../file-system.ts';
import { type AgeHeader, newIdentity, openHeader, type SealKey } from './age-file.ts';
import { type Askers, createAskers } from './askers.ts';
import { type Keyring, KeyringMissing } from './keyring.ts';

export interface SealKeysOptions {
  readonly keyring: Keyring;
  /** The file that CLAUDE_SETUP_PASSPHRASE_FILE names; null when it is not set. */
  readonly passphraseFile: string | null;
  /** How hard new passphrases are to try; see `SealKey`. */
  readonly workFactor?: number;
  /** Who asks a person. */
  readonly askers?: Askers;
}

/** A file's own key, and the key that gave it. */
export interface Opened {
  readonly fileKey: Uint8Array;
  readonly key: SealKey;
}

/** Where a passphrase in the place of another key comes from: a file, or a person with null. */
export interface NewPassphrase {
  readonly file: string | null;
}

/** The keys of sealed directories: found, asked for once, and kept in memory until this process ends. */
export interface SealKeys {
  /** What opens a file of the directory. Nobody is asked unless `mayAsk`. `seal.locked`, `seal.damaged`. */
  open(authDir: string, header: AgeHeader, mayAsk: boolean): Promise<Result<Opened>>;
  /**
   * A key to seal a directory with from now on; one of the keyring is kept there beside those of before. A passphrase
   * comes from the usual file where there is one; with `instead`, in the place of another key, from that one's.
   */
  create(authDir: string, kind: KeyKind | null, instead?: NewPassphrase): Promise<Result<SealKey>>;
  /** Takes every key of a directory but this one out of the keyring; all of them with null. */
  keepOnly(authDir: string, key: SealKey | null): Promise<void>;
  onAsk(ask: AskPassphrase | null): () => void;
}

const attempts = 3;
const identityPattern = /^AGE-SECRET-KEY-1[0-9A-Z]+$/;

export const createSealKeys = ({
  keyring,
  passphraseFile,
  workFactor,
  askers = createAskers(),
}: SealKeysOptions): SealKeys => {
  const passphraseKey = (secret: string): SealKey => ({
    kind: 'passphrase',
    secret,
    ...(workFactor !== undefined && { workFactor }),
  });
  const opened = new Map<string, Opened>();
  const known = new Set<string>();
  /** Passphrases that do not open a file, so that a look every few seconds does not try them again. */
  const wrong = new Set<string>();
  let asking: Promise<unknown> = Promise.resolve();

  const tryKeys = async (header: AgeHeader, keys: readonly SealKey[]): Promise<Opened | null> => {
    const before = opened.get(header.id);
    if (before !== undefined) return before;
    for (const key of keys) {
      const trial = createHash('sha256').update(`${header.id} ${key.secret}`).digest('hex');
      if (wrong.has(trial)) continue;
      const found = await openHeader(header, [key]);
      if (found === null) wrong.add(trial);
      else {
        if (key.kind === 'passphrase') known.add(key.secret);
        opened.set(header.id, found);
        return found;
      }
    }
    return null;
  };

  const withPassphrases = async (header: AgeHeader): Promise<Opened | null> => {
    const given = passphraseFile === null ? null : await readPassphrase(passphraseFile);
    if (given?.ok) known.add(given.value);
    return tryKeys(header, [...known].map(passphraseKey));
  };

  /** One question at a time; whoever waited may find that the answer to another one fits. */
  const askFor = (authDir: string, header: AgeHeader): Promise<Opened | null> => {
    const turn = asking.then(async () => {
      let found = await withPassphrases(header);
      for (let attempt = 0; found === null && attempt < attempts; attempt += 1) {
        const { promise: tried, resolve: over } = Promise.withResolvers<void>();
        try {
          const answer = await askers.current()?.({ authDir, purpose: 'open', again: attempt > 0, tried });
          if (!answer) return null;
          found = await tryKeys(header, [passphraseKey(answer)]);
        } finally {
          over();
        }
      }
      return found;
    });
    asking = turn.catch(() => null);
    return turn;
  };

  const openWithPassphrase = async (authDir: string, header: AgeHeader, mayAsk: boolean) => {
    const found = await withPassphrases(header);
    if (found !== null) return ok(found);
    const canAsk = askers.current() !== null;
    const answered = mayAsk && canAsk ? await askFor(authDir, header) : null;
    if (answered !== null) return ok(answered);
    const given = passphraseFile === null ? null : await readPassphrase(passphraseFile);
    if (given !== null && !given.ok) return given;
    if (mayAsk && canAsk) return locked(authDir, 'the passphrase was wrong or not given', 'try again');
    return given === null
      ? locked(
          authDir,
          'it takes a passphrase',
          `unlock it in a terminal, or name a file with the passphrase in CLAUDE_SETUP_PASSPHRASE_FILE`,
        )
      : locked(
          authDir,
          'the passphrase in the file of CLAUDE_SETUP_PASSPHRASE_FILE is not the right one',
          'correct that file, or unset the variable to be asked',
        );
  };

  const identities = async (authDir: string): Promise<readonly string[]> =>
    identitiesIn((await keyring.get(authDir)) ?? '');

  /** A directory that was moved or copied has its key under another path; from then on under its own as well. */
  const openAsMoved = async (authDir: string, header: AgeHeader, mayKeep: boolean) => {
    const secrets = (await keyring.all()).flatMap(identitiesIn);
    const found = await tryKeys(header, secrets.map(identityKey));
    if (found !== null && mayKeep)
      await keyring.set(authDir, [found.key.secret, ...(await identities(authDir))].join('\n'));
    return found;
  };

  const openWithKeyring = async (
    authDir: string,
    header: AgeHeader,
    mayKeep: boolean,
  ): Promise<Result<Opened>> => {
    const before = opened.get(header.id);
    if (before !== undefined) return ok(before);
    try {
      const secrets = await identities(authDir);
      const found =
        (await tryKeys(header, secrets.map(identityKey))) ?? (await openAsMoved(authDir, header, mayKeep));
      if (found !== null) return ok(found);
      return locked(
        authDir,
        secrets.length === 0
          ? "the system's keyring holds no key for this directory"
          : "the key in the system's keyring is not the right one",
        'open it as the user who sealed it; when the key is lost, move login.age away, seal the directory again and sign in',
      );
    } catch (error) {
      if (!(error instanceof KeyringMissing)) throw error;
      return locked(
        authDir,
        "the system's keyring, which holds its key, does not answer",
        'unlock the keyring, or log in to the desktop it belongs to, then try again',
      );
    }
  };

  const createIdentity = async (authDir: string): Promise<SealKey> => {
    const secrets = [await newIdentity(), ...(await identities(authDir))];
    await keyring.set(authDir, secrets.join('\n'));
    const [secret] = await identities(authDir);
    if (secret === undefined || secret !== secrets[0]) throw new KeyringMissing('it did not keep the key');
    return identityKey(secret);
  };

  const createPassphrase = async (authDir: string, file: string | null): Promise<Result<SealKey>> => {
    const given = file === null ? null : await readPassphrase(file);
    if (given !== null && !given.ok) return given;
    const passphrase =
      given?.value ??
      (await askers.current()?.({ authDir, purpose: 'new', again: false, tried: Promise.resolve() }));
    if (!passphrase)
      return fail(
        'seal.no-key',
        `${shownPath(authDir)} was not sealed`,
        'there is no passphrase to seal it with',
        'run it in a terminal, or name a file with the passphrase in CLAUDE_SETUP_PASSPHRASE_FILE (a new one with --new-passphrase-file)',
      );
    known.add(passphrase);
    return ok(passphraseKey(passphrase));
  };

  return {
    async open(authDir, header, mayAsk) {
      if (header.kind === 'passphrase') return openWithPassphrase(authDir, header, mayAsk);
      if (header.kind === 'keyring') return openWithKeyring(authDir, header, mayAsk);
      return locked(
        authDir,
        'it is sealed for a kind of key that claude-setup does not use',
        'open it with age and the key it was made for, and seal it again with claude-setup',
      );
    },
    async create(authDir, kind, { file } = { file: passphraseFile }) {
      if (kind === 'passphrase' || (kind === null && file !== null)) return createPassphrase(authDir, file);
      try {
        return ok(await createIdentity(authDir));
      } catch (error) {
        if (!(error instanceof KeyringMissing)) throw error;
        if (kind === null) return createPassphrase(authDir, file);
        return fail(
          'seal.no-key',
          `${shownPath(authDir)} was not sealed`,
          "the system's keyring does not answer",
          'unlock it, or seal with a passphrase: --key passphrase',
        );
      }
    },
    async keepOnly(authDir, key) {
      try {
        if (key?.kind === 'keyring') await keyring.set(authDir, key.secret);
        else if ((await keyring.get(authDir)) !== null) await keyring.delete(authDir);
      } catch (error) {
        // A key too many does no harm, and where there is no keyring there is none.
        if (!(error instanceof KeyringMissing)) throw error;
      }
    },
    onAsk: askers.add,
  };
};

const identitiesIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => identityPattern.test(line));

const identityKey = (secret: string): SealKey => ({ kind: 'keyring', secret });

const locked = (authDir: string, why: string, fix: string): Result<never> =>
  fail('seal.locked', `${shownPath(authDir)} is sealed and could not be opened`, why, fix);

/** The passphrase in a file, without the line end behind it. */
const readPassphrase = async (path: string): Promise<Result<string>> => {
  const trouble = (why: string) =>
    fail(
      'seal.locked',
      `The passphrase in ${shownPath(path)} can't be used`,
      why,
      'put the passphrase into it, on one line, and nothing else',
    );
  try {
    const passphrase = (await readFile(path, 'utf8')).replace(/\r?\n$/, '');
    if (passphrase === '' || /[\r\n]/.test(passphrase))
      return trouble(passphrase === '' ? 'it is empty' : 'it has more than one line');
    return ok(passphrase);
  } catch (error) {
    return trouble(`the system answered ${errorCode(error) ?? 'with an error'}`);
  }
};
