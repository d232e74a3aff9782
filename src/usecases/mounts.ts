import type { Failure } from '../domain/failure.ts';
import { judgeMounts } from '../domain/mounts/judge-mounts.ts';
import type { ContainerMounts, KnownLogin, MountFinding, SourceKind } from '../domain/mounts/mounts.ts';
import type { Profile } from '../domain/profile.ts';
import type { Publication } from '../domain/publication.ts';
import { hasRefreshToken } from '../domain/working-copy.ts';
import type { Engine } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';

/** The directories that mounts are compared with. */
interface Known {
  readonly profiles: readonly Profile[];
  /** Directories that `apply` has filled. */
  readonly publications?: readonly Publication[];
}

export interface MountsInput extends Known {
  /** Compose files as given; none means those of the current directory. */
  readonly composeFiles: readonly string[];
  /** Whose running containers are looked at; null for none. */
  readonly engine: Engine | null;
}

export interface ExaminedMounts {
  /** Those of the compose files first, then those of running containers that say something else. */
  readonly findings: readonly MountFinding[];
  readonly composeFiles: readonly string[];
  /** Why a part could not be looked at. */
  readonly failures: readonly Failure[];
}

/** Compares what compose services and running containers mount with the profiles' directories. */
export const examineMounts = async (
  ports: Pick<Ports, 'composeFiles' | 'store'>,
  { composeFiles, engine, ...known }: MountsInput,
): Promise<ExaminedMounts> => {
  const [project, running, logins] = await Promise.all([
    ports.composeFiles.read('.', composeFiles),
    engine?.inspectMounts(null) ?? null,
    knownLogins(ports, known),
  ]);
  const services = project.ok ? (project.value?.services ?? []) : [];
  const containers = running?.ok ? running.value : [];
  const kinds = await sourceKinds(ports, [...services, ...containers]);
  const declared = judgeMounts({
    containers: services,
    logins,
    sourceKind: (path) => kinds.get(path) ?? 'unreadable',
  });
  return {
    findings: [...declared, ...runningFindings(declared, containers, logins, kinds)],
    composeFiles: project.ok ? (project.value?.files ?? []) : [],
    failures: [project, running].flatMap((part) => (part === null || part.ok ? [] : [part.failure])),
  };
};

/** Findings about containers alone, such as the one that somebody asks about. */
export const examineContainers = async (
  ports: Pick<Ports, 'composeFiles' | 'store'>,
  containers: readonly ContainerMounts[],
  known: Known,
): Promise<readonly MountFinding[]> => {
  const [logins, kinds] = await Promise.all([knownLogins(ports, known), sourceKinds(ports, containers)]);
  return runningFindings([], containers, logins, kinds);
};

/**
 * What a container mounts was there when it started, if only because the engine made it, and may be on another machine:
 * a source that is not on this one says nothing. A service that its compose file told of already is not told of twice.
 */
const runningFindings = (
  declared: readonly MountFinding[],
  containers: readonly ContainerMounts[],
  logins: readonly KnownLogin[],
  kinds: ReadonlyMap<string, SourceKind>,
): readonly MountFinding[] => {
  const known = new Set(declared.map(({ id, summary }) => `${id} ${summary}`));
  const judged = judgeMounts({
    containers,
    logins,
    sourceKind: (path) => {
      const kind = kinds.get(path) ?? 'unreadable';
      return kind === 'missing' ? 'directory' : kind;
    },
  });
  return judged
    .filter(({ id, summary }) => !known.has(`${id} ${summary}`))
    .map((finding) => ({ ...finding, running: true }));
};

const knownLogins = async (
  ports: Pick<Ports, 'store'>,
  { profiles, publications = [] }: Known,
): Promise<readonly KnownLogin[]> => [
  ...(await Promise.all(profiles.map((profile) => knownLogin(ports, profile)))),
  ...publications.map(
    ({ profile, directory, full }): KnownLogin => ({
      profile,
      authDir: directory,
      holds: full ? 'full' : 'lease',
    }),
  ),
];

const knownLogin = async (
  { store }: Pick<Ports, 'store'>,
  { name, authDir }: Profile,
): Promise<KnownLogin> => {
  const stored = await store.readLogin(authDir);
  const holds = !stored.ok ? 'nothing' : hasRefreshToken(stored.value.login) ? 'full' : 'lease';
  return { profile: name, authDir, holds };
};

const sourceKinds = async (
  { composeFiles }: Pick<Ports, 'composeFiles'>,
  containers: readonly ContainerMounts[],
): Promise<ReadonlyMap<string, SourceKind>> => {
  const sources = new Set(
    containers.flatMap(({ mounts }) => mounts.flatMap(({ source }) => (source === null ? [] : [source]))),
  );
  return new Map(
    await Promise.all(
      [...sources].map(async (source) => [source, await composeFiles.sourceKind(source)] as const),
    ),
  );
};
