import { fail, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import type { Ports } from '../ports/ports.ts';
import type { ChangeKeyOptions, Sealed, SealOptions } from '../ports/seals.ts';
import { withProfileLock } from './profile-lock.ts';

/** Seals a profile's directory and snapshots, which need not be there yet. */
export const sealProfile = (
  ports: Ports,
  { profile, ...options }: { readonly profile: Profile } & SealOptions,
  signal: AbortSignal,
): Promise<Result<Sealed>> =>
  withProfileLock(ports, profile, 'profile seal', signal, async () => {
    // The plain files are about to go: a CLI that is refreshing in them would write its new tokens beside.
    if (await ports.cliLock.isHeld(profile.authDir)) return inUse(profile);
    return ports.seals.seal(profile.authDir, options);
  });

/** Puts a sealed profile back in plain. */
export const unsealProfile = (ports: Ports, profile: Profile, signal: AbortSignal): Promise<Result<void>> =>
  withProfileLock(ports, profile, 'profile unseal', signal, () => ports.seals.unseal(profile.authDir));

/** Seals a profile anew, with another passphrase or another identity. */
export const changeProfileKey = (
  ports: Ports,
  { profile, ...options }: { readonly profile: Profile } & ChangeKeyOptions,
  signal: AbortSignal,
): Promise<Result<Sealed>> =>
  withProfileLock(ports, profile, 'profile seal', signal, () =>
    ports.seals.changeKey(profile.authDir, options),
  );

const inUse = ({ name }: Profile): Result<never> =>
  fail(
    'refresh.under-way',
    `${name} was not sealed`,
    'a Claude CLI that works in the directory itself is refreshing the login',
    'end that CLI, and give it a lease next time: claude-setup run',
  );
