import { resolve } from 'node:path';
import { ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { type KeyKind, keyKinds, sealedName } from '../domain/seal.ts';
import type { Sealed } from '../ports/seals.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { changeProfileKey, sealProfile, unsealProfile } from '../usecases/seal.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup profile seal`: one age file in the place of everything that is plain. */
export const sealCommand: Command = withWait({
  options: [
    {
      flags: '--key <key>',
      summary: 'where the key is kept (what there is, if not given)',
      choices: keyKinds,
    },
    { flags: '--change-passphrase', summary: 'seal anew: another passphrase, or another identity' },
    { flags: '--new-passphrase-file <file>', summary: 'the new passphrase from a file; not asked for then' },
    jsonOption,
  ],
  examples: [
    'claude-setup profile seal prod',
    'claude-setup profile seal prod --key passphrase',
    'claude-setup profile seal prod --change-passphrase',
  ],
  run: async (invocation) => {
    const { ports, io, args, options } = invocation;
    const json = options.json === true;
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, json);
    const { profile } = resolved.value;
    const before = await ports.seals.keyOf(profile.authDir);
    const sealed = await sealAs(invocation, profile, before);
    if (!sealed.ok) return printFailure(io, sealed.failure, json);
    const { key, leftPlain, snapshotsLeft } = sealed.value;
    if (json)
      printJson(io, { name: profile.name, authDir: profile.authDir, sealed: key, leftPlain, snapshotsLeft });
    else printLines(io, [sealedLine(profile, key), ...mindLines(profile, sealed.value, before)]);
    return leftPlain.length > 0 ? 1 : 0;
  },
});

/** Another key is asked for by name, or by asking for another place than the one it has now. */
const sealAs = (
  invocation: Invocation,
  profile: Profile,
  before: KeyKind | null,
): Promise<Result<Sealed>> => {
  const { ports, options, signal } = invocation;
  const key = textOption(invocation, 'key') as KeyKind | null;
  const file = textOption(invocation, 'newPassphraseFile');
  const change = options.changePassphrase === true || file !== null || (key !== null && key !== before);
  return before !== null && change
    ? changeProfileKey(
        ports,
        { profile, key, newPassphraseFile: file === null ? null : resolve(file) },
        signal,
      )
    : sealProfile(ports, { profile, key }, signal);
};

export const sealedLine = ({ name, authDir }: Profile, key: KeyKind): string =>
  `${name} is sealed: all that is in ${authDir} is ${sealedName}, opened with ${
    key === 'keyring' ? "an identity in the system's keyring" : 'a passphrase'
  }`;

const mindLines = (
  { name, authDir }: Profile,
  { leftPlain, snapshotsLeft }: Sealed,
  before: KeyKind | null,
): readonly string[] => [
  ...leftPlain.map(
    (path) => `Mind: ${path} was changed meanwhile and still lies in plain in ${authDir}; seal again`,
  ),
  ...(snapshotsLeft > 0
    ? [`Mind: ${snapshotsLeft} of its snapshots open only with the key they were sealed with`]
    : []),
  ...(before === null
    ? [
        `Mind: a disk can keep what was deleted; claude-setup refresh ${name} --force makes the tokens that lay there in plain useless`,
      ]
    : []),
];

/** `claude-setup profile unseal`: everything back in plain. */
export const unsealCommand: Command = withWait({
  options: [jsonOption],
  examples: ['claude-setup profile unseal prod'],
  run: async ({ ports, io, args, options, signal }) => {
    const json = options.json === true;
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, json);
    const { profile } = resolved.value;
    const done = await unsealProfile(ports, profile, signal);
    if (!done.ok) return printFailure(io, done.failure, json);
    if (json) printJson(io, { name: profile.name, authDir: profile.authDir, sealed: null });
    else printLines(io, [`${profile.name} lies in plain in ${profile.authDir} again, readable by you alone`]);
    return 0;
  },
});

/** What `--sealed` of another command asks for: seals the profile unless it is sealed already. */
export const sealIfAsked = async (
  { ports, options, signal }: Invocation,
  profile: Profile,
): Promise<Result<KeyKind | null>> => {
  if (options.sealed !== true) return ok(null);
  const sealed = await sealProfile(ports, { profile, key: null }, signal);
  return sealed.ok ? ok(sealed.value.key) : sealed;
};
