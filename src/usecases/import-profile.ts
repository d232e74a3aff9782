import { shownPath } from '../domain/capture-rules.ts';
import { parseLogin, sameTokens } from '../domain/credentials.ts';
import { fail, ok, type Result } from '../domain/failure.ts';
import {
  defaultAuthDir,
  defaultLeaveOut,
  type Profile,
  profileName,
  type RuntimeKind,
  suggestedName,
} from '../domain/profile.ts';
import { sealedName } from '../domain/seal.ts';
import { hasRefreshToken, loginMark } from '../domain/working-copy.ts';
import type { StoredFacts } from '../ports/auth-store.ts';
import type { Ports } from '../ports/ports.ts';
import { withSome } from './check-profiles.ts';
import { withNameLocks } from './profile-lock.ts';
import { saveNewProfile } from './profiles.ts';

export interface ImportInput {
  /** Absolute path of a directory that holds a login, shaped like `~/.claude`. */
  readonly directory: string;
  /** Null for the one that the directory suggests. */
  readonly name: string | null;
  /** Whether to copy it into the name's own directory, and not to adopt it where it is. */
  readonly copy: boolean;
  readonly runtime: RuntimeKind;
}

export interface Imported {
  readonly profile: Profile;
  /** What was done beside it, and what to mind, one line each. */
  readonly notes: readonly string[];
}

/** Makes a profile of a directory that holds a login already. Nothing is changed before everything is known to be well. */
export const importProfile = async (
  ports: Ports,
  { directory, name, copy, runtime }: ImportInput,
  signal: AbortSignal,
): Promise<Result<Imported>> => {
  const { homeDir, env } = ports.host;
  const chosen = profileName(name ?? suggestedName(directory, homeDir, env));
  if (!chosen.ok) return chosen;
  const facts = await ports.store.gather(directory);
  const holds = holdsLogin(directory, facts);
  if (!holds.ok) return holds;
  const authDir = copy ? defaultAuthDir(chosen.value, homeDir, env) : directory;
  const profile: Profile = { name: chosen.value, authDir, runtime, leaveOut: null };
  return withNameLocks(ports, [profile.name], { command: 'profile import', signal }, async () => {
    const free = await isFree(ports, profile);
    if (!free.ok) return free;
    const state = await missingState(ports, directory, facts);
    if (!state.ok) return state;
    const placed = copy
      ? await copyIn(ports, directory, profile, state.value, signal)
      : await adopt(ports, profile, facts, state.value);
    if (!placed.ok) return placed;
    const saved = await saveNewProfile(ports, profile);
    if (!saved.ok) return saved;
    const sharing = await shareLogin(ports, profile);
    return ok({ profile, notes: [...placed.value, ...(sharing === null ? [] : [sharing])] });
  });
};

const holdsLogin = (
  directory: string,
  { directory: found, credentials, oauthToken, state, entries }: StoredFacts,
): Result<void> => {
  const why =
    found.kind === 'missing'
      ? 'it is not there'
      : found.kind !== 'directory'
        ? 'it is not a directory'
        : [credentials, oauthToken, state].every(({ kind }) => kind === 'missing') &&
            !entries.includes(sealedName)
          ? 'it holds no login: neither .credentials.json nor .claude.json is in it'
          : null;
  if (why === null) return ok(undefined);
  return fail(
    'login.missing',
    `${shownPath(directory)} was not imported`,
    why,
    'give the directory that is shaped like ~/.claude, or sign in: claude-setup login',
  );
};

const isFree = async ({ settings }: Ports, { name }: Profile): Promise<Result<void>> => {
  const config = await settings.load();
  if (!config.ok) return config;
  const taken = config.value.profiles.find((profile) => profile.name === name);
  if (taken === undefined) return ok(undefined);
  return fail(
    'profile.exists',
    `The profile ${name} is there already`,
    `it uses ${taken.authDir}`,
    'choose another name with --name',
  );
};

/**
 * The state file that belongs to a default config directory and lies beside it. One that is in the directory goes before
 * it when it says who is signed in: then the CLI has worked with the directory as CLAUDE_CONFIG_DIR.
 */
const missingState = async (
  { directories }: Ports,
  directory: string,
  { state }: StoredFacts,
): Promise<Result<string | null>> => {
  if (state.content !== null && namesAccount(new TextDecoder().decode(state.content))) return ok(null);
  const sibling = await directories.siblingState(directory);
  return sibling.ok && sibling.value !== null && !isJson(sibling.value) ? ok(null) : sibling;
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return null;
  }
};
const isJson = (text: string): boolean => jsonOf(text) !== null;
const namesAccount = (text: string): boolean => {
  const json = jsonOf(text);
  return typeof json === 'object' && json !== null && 'oauthAccount' in json;
};

const stateFiles = (state: string | null): ReadonlyMap<string, string> =>
  new Map(state === null ? [] : [['.claude.json', state]]);

const broughtIn = (state: string | null, directory: string): readonly string[] =>
  state === null
    ? []
    : [
        `Brought ${shownPath(`${directory}.json`)} in as .claude.json: the CLI keeps account and onboarding there, and containers that mount only the directory would ask for them again`,
      ];

/** Takes a directory over where it is. */
const adopt = async (
  ports: Ports,
  { authDir }: Profile,
  { directory, credentials }: StoredFacts,
  state: string | null,
): Promise<Result<readonly string[]>> => {
  const { store, host } = ports;
  const wasOpen = ((directory.mode | credentials.mode) & 0o077) !== 0;
  const writable = (directory.mode & 0o022) !== 0;
  if (writable && !directory.isLink && directory.uid === host.uid) {
    const closed = await store.tighten(authDir);
    if (!closed.ok) return closed;
  }
  const use = await store.inspect(authDir);
  if (!use.ok) return use;
  const recovered = await store.recover(authDir);
  if (!recovered.ok) return recovered;
  const tightened = await store.tighten(authDir);
  if (!tightened.ok) return tightened;
  const files = stateFiles(state);
  const written = files.size === 0 ? ok(undefined) : await store.write(authDir, files);
  if (!written.ok) return written;
  return ok([
    ...(recovered.value === null ? [] : [recovered.value.summary]),
    ...(wasOpen ? ['Only you can read it now: directories are 0700 and files 0600'] : []),
    ...(writable
      ? ['Others could write into it until now: look through settings.json for what is not yours']
      : []),
    ...broughtIn(state, authDir),
    ...(authDir === `${host.homeDir}/.claude`
      ? ['The Claude CLI of this machine goes on using it: a refresh by either is there for both']
      : []),
  ]);
};

/** Copies a directory the way a capture goes. Done again after a kill it goes on where it was. */
const copyIn = async (
  ports: Ports,
  from: string,
  { authDir, leaveOut }: Profile,
  state: string | null,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> => {
  const { store, directories } = ports;
  const recovered = await store.recover(authDir);
  if (!recovered.ok) return recovered;
  const use = await store.inspect(authDir);
  if (!use.ok) return use;
  const isCopied = use.value.kind === 'captured' && (await haveSameLogin(ports, from, authDir));
  if (!isCopied) {
    if (use.value.kind !== 'missing' && use.value.kind !== 'empty') return targetTaken(from, authDir);
    const staged = await store.stage(authDir, await directories.pack(from, stateFiles(state), signal), {
      leaveOut: leaveOut ?? defaultLeaveOut,
      signal,
    });
    if (!staged.ok) return staged;
    const committed = await store.commit(staged.value);
    if (!committed.ok) return committed;
  }
  return ok([
    ...(recovered.value === null ? [] : [recovered.value.summary]),
    ...broughtIn(state, from),
    `The login is in two places now: use ${shownPath(from)} no more, for whichever is refreshed first signs the other out`,
  ]);
};

const haveSameLogin = async ({ store }: Ports, a: string, b: string): Promise<boolean> => {
  const [one, other] = await Promise.all([store.readLogin(a), store.readLogin(b)]);
  return one.ok && other.ok && sameTokens(one.value.login, other.value.login);
};

const targetTaken = (from: string, authDir: string): Result<never> =>
  fail(
    'directory.occupied',
    `${shownPath(from)} was not copied`,
    `${shownPath(authDir)}, where it would go, holds other things`,
    'choose another name with --name, or adopt the directory where it is, without --copy',
  );

/** What it means when other profiles hold the very login of a profile, in one line; null when none does. */
export const shareLogin = async (ports: Ports, { name, authDir }: Profile): Promise<string | null> => {
  const [config, mark] = await Promise.all([ports.settings.load(), markIn(ports, authDir)]);
  if (!config.ok || mark === null) return null;
  const sharing = new Set<string>();
  await withSome(config.value.profiles, async (other) => {
    if (other.name !== name && (await markIn(ports, other.authDir)) === mark) sharing.add(other.name);
  });
  if (sharing.size === 0) return null;
  return `${[...sharing].sort().join(', ')} ${sharing.size === 1 ? 'holds' : 'hold'} the same login: whichever is refreshed first signs the others out, so keep one of them`;
};

/** The mark of the login in a directory; null for one that can't be refreshed. Asks nobody for a passphrase. */
const markIn = async ({ store }: Ports, authDir: string): Promise<string | null> => {
  const { content } = (await store.gather(authDir)).credentials;
  const parsed = content === null ? null : parseLogin(new TextDecoder().decode(content));
  return parsed?.ok && hasRefreshToken(parsed.login) ? loginMark(parsed.login) : null;
};
