import { createHash } from 'node:crypto';
import { parseLogin } from '../credentials.ts';
import type { LeaseFiles } from '../lease.ts';
import type { ExportInput } from './export-format.ts';

/** One file of a lease as a secret that never changes: another content has another name. */
export interface SecretVersion {
  readonly part: SecretPart;
  /** Its file's name in a config directory. */
  readonly file: string;
  /** A digest of the content that tells nothing of it. */
  readonly version: string;
  readonly content: string;
}

export const secretParts = ['login', 'state'] as const;
export type SecretPart = (typeof secretParts)[number];

const files: Readonly<Record<SecretPart, string>> = { login: '.credentials.json', state: '.claude.json' };

/** The files of a lease, each with its version. */
export const secretVersions = ({ files: contents }: LeaseFiles): readonly SecretVersion[] =>
  secretParts.flatMap((part) => {
    const file = files[part];
    const content = contents.get(file);
    return content === undefined ? [] : [{ part, file, version: versionOf(part, content), content }];
  });

/** A login's by its token alone: a lease of a long-lived token has another end each time it is made. */
const versionOf = (part: SecretPart, content: string): string => {
  const parsed = part === 'login' ? parseLogin(content) : null;
  return digest(parsed?.ok ? parsed.login.claudeAiOauth.accessToken : content);
};

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 10);

/** One name for the lease as a whole, where all of it is one secret. */
export const leaseVersion = (lease: LeaseFiles): string =>
  digest(
    secretVersions(lease)
      .map(({ version }) => version)
      .join(),
  );

/** At most 63 characters, as a profile's name has at most 32 (the limit of Swarm is 64). */
export const swarmSecretName = (
  { profile }: Pick<ExportInput, 'profile'>,
  { part, version }: Pick<SecretVersion, 'part' | 'version'>,
): string => `claude-setup_${profile}_${part}_${version}`;

/** Labels of secrets and of services that get them. */
export const swarmLabels = {
  profile: 'claude-setup.profile',
  part: 'claude-setup.part',
  endsAt: 'claude-setup.ends-at',
} as const;
