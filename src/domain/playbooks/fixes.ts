import type { Profile } from '../profile.ts';
import { shellQuoted } from '../shell.ts';
import type { Picture } from './picture.ts';
import type { Fix } from './playbook.ts';

/** The fixes that several playbooks offer. */

export const lookAgain: Fix = {
  label: 'look again',
  does: ['Runs the checks once more.'],
  action: { type: 'look-again' },
};

export const byHand = (...does: readonly string[]): Fix => ({ label: 'do it yourself', does, action: null });

export const signInAgain = ({ name, authDir }: Profile): Fix => ({
  label: 'sign in again',
  does: [
    `Opens the sign-in for ${name}.`,
    `Once it is done the new login takes the place of the one in ${authDir}; the old state is kept as a snapshot.`,
  ],
  action: { type: 'sign-in', profile: name },
});

export const refreshLogin = ({ name }: Profile): Fix => ({
  label: 'refresh it',
  does: [
    'Has the real CLI refresh the login in a private copy, and keeps the new tokens only when they are good.',
    `claude-setup refresh ${name}`,
  ],
  action: { type: 'refresh', profile: name },
});

export const tightenPermissions = ({ authDir }: Profile): Fix => ({
  label: 'tighten the permissions',
  does: [
    `Sets the directory ${authDir} and those in it to 0700 and its files to 0600.`,
    `chmod -R u=rwX,go= ${shellQuoted(authDir)}`,
  ],
  action: { type: 'tighten-permissions', authDir },
});

export const rollBack = ({ profile, snapshot }: Picture): readonly Fix[] =>
  profile === null || snapshot === null
    ? []
    : [
        {
          label: 'go back to the snapshot',
          does: [
            `Puts the state of ${new Date(snapshot.takenAt).toISOString()} back into ${profile.authDir}.`,
            'What is there now becomes a snapshot itself.',
          ],
          action: { type: 'roll-back', profile: profile.name, snapshot: snapshot.id },
        },
      ];

export const buildImageFix = (noCache = false): Fix => ({
  label: 'build the image',
  does: [
    'Builds the setup image with the settings as they are.',
    `claude-setup build${noCache ? ' --no-cache' : ''}`,
  ],
  action: { type: 'build-image', noCache },
});

export const withoutDocker = (profile: Profile | null): Fix => ({
  label: 'sign in without Docker',
  does: [
    'Runs the CLI on this host with a private HOME. Linux only.',
    'claude-setup login --runtime sandbox',
  ],
  action: { type: 'use-sandbox', profile: profile?.name ?? null },
});
