import { basename, dirname } from 'node:path/posix';
import type { ContainerMounts, KnownLogin, Mount, MountFinding, SourceKind } from './mounts.ts';

export interface MountFacts {
  readonly containers: readonly ContainerMounts[];
  readonly logins: readonly KnownLogin[];
  /** What stands at a source path. */
  readonly sourceKind: (path: string) => SourceKind;
}

/** One mount that is meant for the CLI, with what it was recognised as. */
interface Candidate {
  readonly container: ContainerMounts;
  readonly mount: Mount & { readonly source: string };
  readonly kind: SourceKind;
  /** The login whose directory, or a file of it, is mounted. */
  readonly login: KnownLogin | null;
  readonly singleFile: boolean;
}

/** A rule: null when it has nothing to say. The first that speaks about a mount decides; later ones are moot. */
type Rule = (
  candidate: Candidate,
  facts: MountFacts,
) => Omit<MountFinding, 'service' | 'profile' | 'mount' | 'running'> | null;

const knownFiles = ['.credentials.json', '.claude.json', 'settings.json'];

const rules: readonly Rule[] = [
  ({ mount, kind }, { logins }) =>
    kind === 'missing'
      ? {
          id: 'mount.missing-source',
          status: 'fail',
          summary: `${mount.source} is not there, so Docker makes an empty directory that belongs to root and the CLI finds no login`,
          fix: `mount ${suggestedSource(logins)} instead, or sign in into that directory first`,
        }
      : null,
  ({ mount, singleFile }) =>
    singleFile
      ? {
          id: 'mount.single-file',
          status: 'fail',
          summary: `${mount.source} is mounted as a single file, which goes stale the first time the CLI replaces it`,
          fix: `mount the directory: ${dirname(mount.source)}:${dirname(mount.target)}`,
        }
      : null,
  ({ mount, login }, { logins }) =>
    login === null
      ? {
          id: 'mount.unknown-source',
          status: 'warn',
          summary: `${mount.source} is not the directory of any profile`,
          fix: `mount ${suggestedSource(logins)}, or adopt it: claude-setup profile import ${mount.source}`,
        }
      : null,
  ({ mount, login }) =>
    mount.readOnly && login?.holds === 'full'
      ? {
          id: 'mount.read-only-login',
          status: 'fail',
          summary: `the full login of ${login.profile} is mounted read-only: the CLI refreshes in memory, the new token is lost and the old one is spent`,
          fix: `mount a lease instead: claude-setup apply ${login.profile} --to DIR, and mount DIR`,
        }
      : null,
  ({ mount, container }) =>
    container.environment.CLAUDE_CONFIG_DIR === mount.target
      ? null
      : {
          id: 'mount.config-dir',
          status: 'warn',
          summary: `CLAUDE_CONFIG_DIR is not ${mount.target}, so the CLI looks for .claude.json elsewhere and asks for theme and sign-in again`,
          fix: `set CLAUDE_CONFIG_DIR: ${mount.target} in the service's environment`,
        },
];

/** Judges every mount that is meant for the CLI, in the order of the containers. */
export const judgeMounts = (facts: MountFacts): readonly MountFinding[] => {
  const candidates = facts.containers.flatMap((container) => candidatesOf(container, facts));
  const single = candidates.map((candidate): MountFinding => {
    const { container, login, mount } = candidate;
    const profile = login?.profile ?? null;
    for (const rule of rules) {
      const said = rule(candidate, facts);
      if (said !== null) return { ...said, service: container.name, profile, mount, running: false };
    }
    const summary = `${mount.source} is mounted at ${mount.target}`;
    return {
      id: 'mount.ok',
      status: 'pass',
      service: container.name,
      profile,
      mount,
      running: false,
      summary,
      fix: '',
    };
  });
  return [...single, ...sharedLogins(candidates), ...facts.containers.flatMap(tokensInEnvironment)];
};

const candidatesOf = (container: ContainerMounts, { logins, sourceKind }: MountFacts): readonly Candidate[] =>
  container.mounts.flatMap((mount) => {
    const { source, target } = mount;
    if (source === null) return [];
    const singleFile = knownFiles.includes(basename(source)) || knownFiles.includes(basename(target));
    const directory = singleFile ? dirname(source) : source;
    const login = logins.find(({ authDir }) => authDir === directory) ?? null;
    const meant =
      login !== null ||
      singleFile ||
      basename(target) === '.claude' ||
      container.environment.CLAUDE_CONFIG_DIR === target;
    return meant
      ? [{ container, mount: { ...mount, source }, kind: sourceKind(source), login, singleFile }]
      : [];
  });

/** Two holders of one refresh token sign each other out. */
const sharedLogins = (candidates: readonly Candidate[]): readonly MountFinding[] => {
  const holders = Map.groupBy(
    candidates.filter(({ login, mount }) => login?.holds === 'full' && !mount.readOnly),
    ({ login }) => login?.profile ?? '',
  );
  return [...holders].flatMap(([profile, held]): readonly MountFinding[] => {
    const names = [...new Set(held.map(({ container }) => container.name))];
    if (names.length < 2) return [];
    return [
      {
        id: 'mount.shared-login',
        status: 'fail',
        service: names.join(', '),
        profile,
        mount: null,
        running: false,
        summary: `${names.join(' and ')} hold the same full login, and the first that refreshes signs the others out`,
        fix: `give each a lease: claude-setup apply ${profile} --to DIR, and mount DIR in all of them`,
      },
    ];
  });
};

const outranking = [
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'CLAUDE_CODE_OAUTH_TOKEN',
  'ANTHROPIC_BASE_URL',
];

const tokensInEnvironment = ({ name, environment, mounts }: ContainerMounts): readonly MountFinding[] => {
  const set = outranking.filter((variable) => environment[variable] !== undefined);
  const mountsLogin = mounts.some(
    ({ target }) => basename(target) === '.claude' || target === environment.CLAUDE_CONFIG_DIR,
  );
  if (set.length === 0 || !mountsLogin) return [];
  return [
    {
      id: 'mount.token-in-environment',
      status: 'warn',
      service: name,
      profile: null,
      mount: null,
      running: false,
      summary: `${set.join(', ')} in its environment outranks the mounted login`,
      fix: `remove ${set.join(', ')} from the service`,
    },
  ];
};

const suggestedSource = (logins: readonly KnownLogin[]): string => {
  const signedIn = logins.find(({ holds }) => holds !== 'nothing') ?? logins[0];
  return signedIn?.authDir ?? "a profile's directory";
};
