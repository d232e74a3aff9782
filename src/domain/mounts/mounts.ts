/** One mount of a container. */
export interface Mount {
  /** Absolute path on the host; null for a named or anonymous volume. */
  readonly source: string | null;
  /** Absolute path in the container. */
  readonly target: string;
  readonly readOnly: boolean;
}

/** What a compose service or a running container mounts, as far as a login is concerned. */
export interface ContainerMounts {
  /** Service or container name. */
  readonly name: string;
  readonly mounts: readonly Mount[];
  readonly environment: Readonly<Record<string, string>>;
  /** `user:` as written; null when the image decides. */
  readonly user: string | null;
}

/** What stands at a mount's source on this host. */
export type SourceKind = 'missing' | 'file' | 'directory' | 'unreadable';

/** A directory that mounts are compared with. */
export interface KnownLogin {
  readonly profile: string;
  readonly authDir: string;
  /** `full`: it holds a refresh token. `lease`: made by `apply`, safe to share. */
  readonly holds: 'full' | 'lease' | 'nothing';
}

export const mountFindingIds = [
  'mount.ok',
  'mount.missing-source',
  'mount.unknown-source',
  'mount.single-file',
  'mount.read-only-login',
  'mount.config-dir',
  'mount.shared-login',
  'mount.token-in-environment',
] as const;
export type MountFindingId = (typeof mountFindingIds)[number];

/** What is to be said about one service's mount. */
export interface MountFinding {
  readonly id: MountFindingId;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly service: string;
  /** The profile it is about; null when it mounts none. */
  readonly profile: string | null;
  /** The mount it is about; null when it is about several or none. */
  readonly mount: Mount | null;
  /** Whether it was seen in a running container; else in a compose file. */
  readonly running: boolean;
  readonly summary: string;
  readonly fix: string;
}
