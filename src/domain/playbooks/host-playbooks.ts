import type { MountFindingId } from '../mounts/mounts.ts';
import { composeSnippet } from './compose-snippet.ts';
import { byHand, lookAgain } from './fixes.ts';
import type { Playbook } from './playbook.ts';

/** Free space below which a capture may not fit. */
export const littleSpaceBytes = 64 * 1024 * 1024;

/** A clock this far off makes tokens look expired or valid when they are not. */
export const skewLimitMs = 2 * 60 * 1000;

const mountCauses: Partial<Record<MountFindingId, string>> = {
  'mount.missing-source': 'The service mounts a directory that is not there',
  'mount.unknown-source': 'The service mounts another directory than the one that was captured',
  'mount.single-file': 'The service mounts single files, which go stale at the first refresh',
  'mount.read-only-login': 'The service mounts the full login read-only, which loses it at the first refresh',
  'mount.config-dir': 'The service mounts the login, but the CLI in it looks elsewhere',
  'mount.shared-login': 'Several services hold the same full login and sign each other out',
  'mount.token-in-environment': 'A variable of the service outranks the mounted login',
};

/** Trouble with this host: clock, disk, interrupted work, mounts. */
export const hostPlaybooks: readonly Playbook[] = [
  {
    id: 'disk-read-only',
    symptom: 'Nothing can be written into the directory',
    checks: [],
    diagnose: ({ disk, profile, failure }) =>
      disk?.readOnly || failure?.code === 'disk.read-only'
        ? {
            cause: 'The file system of the directory is read-only',
            evidence: [failure?.why ?? `${profile?.authDir ?? 'the directory'} can't be written to`],
            fixes: [
              byHand(
                'Mount it writable, or keep the profile elsewhere: claude-setup profile add NAME --dir DIR',
              ),
              lookAgain,
            ],
          }
        : null,
  },
  {
    id: 'disk-full',
    symptom: '"No space left on device"',
    checks: [],
    diagnose: ({ disk, failure }) => {
      const little = disk !== null && disk.freeBytes !== null && disk.freeBytes < littleSpaceBytes;
      if (!little && failure?.code !== 'disk.full') return null;
      const free = disk?.freeBytes ?? null;
      return {
        cause: 'The disk is full',
        evidence: [free === null ? (failure?.why ?? '') : `${Math.floor(free / 1024)} KiB are free`],
        fixes: [
          byHand(
            'Free some space (docker system df shows what Docker holds), then look again. The login that was there is untouched.',
          ),
          lookAgain,
        ],
      };
    },
  },
  {
    id: 'capture-interrupted',
    symptom: 'A capture was interrupted',
    checks: [],
    diagnose: ({ unfinished, profile }) =>
      unfinished === null || profile === null
        ? null
        : {
            cause: 'A process died in the middle of a capture',
            evidence: [unfinished],
            fixes: [
              {
                label: 'finish or undo it',
                does: [
                  'Finishes the capture when everything for it is there, else puts the directory back as it was.',
                ],
                action: { type: 'recover', profile: profile.name },
              },
            ],
          },
  },
  {
    id: 'sign-in-uncaptured',
    symptom: 'The sign-in succeeded, but the wizard was closed before the login was kept',
    checks: [],
    diagnose: ({ uncaptured, profile }) =>
      !uncaptured || profile === null
        ? null
        : {
            cause: 'A finished sign-in waits to be captured',
            evidence: [`its session for ${profile.name} is still there`],
            fixes: [
              {
                label: 'capture it',
                does: [`Checks the signed-in state and moves it into ${profile.authDir}.`],
                action: { type: 'capture', profile: profile.name },
              },
            ],
          },
  },
  {
    id: 'clock-skew',
    symptom: 'Tokens expire too early or too late',
    checks: ['token.expiry'],
    diagnose: ({ clockSkewMs }) =>
      clockSkewMs === null || Math.abs(clockSkewMs) < skewLimitMs
        ? null
        : {
            cause: `This host's clock is ${Math.round(Math.abs(clockSkewMs) / 1000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} the engine's`,
            evidence: ['lifetimes of tokens are compared with the clock'],
            fixes: [
              byHand(
                'Set the clock: sudo timedatectl set-ntp true (in a virtual machine, restart it after a suspend).',
              ),
              lookAgain,
            ],
          },
  },
  {
    id: 'mounts',
    symptom: 'The container finds no login, or loses it',
    checks: [],
    diagnose: (picture) => {
      const { mounts } = picture;
      const troubles = mounts.filter(({ status }) => status !== 'pass');
      const worst = troubles.find(({ status }) => status === 'fail') ?? troubles[0];
      if (worst === undefined) return null;
      return {
        cause: mountCauses[worst.id] ?? worst.summary,
        evidence: troubles.map(({ service, summary }) => `${service}: ${summary}`),
        fixes: [
          ...composeSnippet(picture),
          byHand(...troubles.map(({ service, fix }) => `${service}: ${fix}`)),
          lookAgain,
        ],
      };
    },
  },
];
