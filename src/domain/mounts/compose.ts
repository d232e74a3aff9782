import { isAbsolute, join, normalize } from 'node:path/posix';
import type { ContainerMounts, Mount } from './mounts.ts';

/** Where a compose file stands, for its relative paths. */
export interface ComposePlace {
  /** Directory of the first compose file, absolute. */
  readonly projectDir: string;
  /** HOME, for `~`. */
  readonly home: string;
  /** Enabled compose profiles; a service with `profiles` of which none is enabled is left out. */
  readonly profiles: readonly string[];
}

type Mapping = Readonly<Record<string, unknown>>;

/**
 * The services of parsed and interpolated compose files, later ones merged over earlier ones, with what they mount
 * (source: Compose specification, "services", short and long volume syntax).
 */
export const composeServices = (
  documents: readonly unknown[],
  place: ComposePlace,
): readonly ContainerMounts[] => {
  const merged = new Map<string, Mapping[]>();
  for (const document of documents) {
    for (const [name, service] of Object.entries(mapping(mapping(document).services))) {
      merged.set(name, [...(merged.get(name) ?? []), mapping(service)]);
    }
  }
  return [...merged]
    .filter(([, layers]) => enabled(layers, place.profiles))
    .map(([name, layers]) => ({
      name,
      mounts: mountsOf(layers, place),
      environment: Object.assign({}, ...layers.map(({ environment }) => variablesOf(environment))),
      user:
        layers
          .map(({ user }) => user)
          .findLast((user) => typeof user === 'string' || typeof user === 'number')
          ?.toString() ?? null,
    }));
};

const enabled = (layers: readonly Mapping[], active: readonly string[]): boolean => {
  const wanted = layers.flatMap(({ profiles }) => (Array.isArray(profiles) ? profiles.map(String) : []));
  return wanted.length === 0 || wanted.some((profile) => active.includes(profile) || active.includes('*'));
};

/** A later mount of the same target replaces the earlier one. */
const mountsOf = (layers: readonly Mapping[], place: ComposePlace): readonly Mount[] => {
  const byTarget = new Map<string, Mount>();
  for (const { volumes } of layers) {
    for (const volume of Array.isArray(volumes) ? volumes : []) {
      const mount =
        typeof volume === 'string' ? shortMount(volume, place) : longMount(mapping(volume), place);
      if (mount !== null) byTarget.set(mount.target, mount);
    }
  }
  return [...byTarget.values()];
};

/** `SOURCE:TARGET[:MODE]` or `TARGET`; a source without a slash, dot or tilde in front names a volume. */
const shortMount = (text: string, place: ComposePlace): Mount | null => {
  const [first = '', second, mode = ''] = text.split(':');
  if (second === undefined) return { source: null, target: trimmed(first), readOnly: false };
  const readOnly = mode.split(',').includes('ro');
  return { source: isPath(first) ? hostPath(first, place) : null, target: trimmed(second), readOnly };
};

const longMount = (volume: Mapping, place: ComposePlace): Mount | null => {
  const { type, source, target, read_only: readOnly } = volume;
  if (typeof target !== 'string') return null;
  const bind = type === 'bind' && typeof source === 'string';
  return {
    source: bind ? hostPath(source, place) : null,
    target: trimmed(target),
    readOnly: readOnly === true,
  };
};

const isPath = (source: string): boolean => /^(?:[./~]|\.\.)/.test(source);

const hostPath = (source: string, { projectDir, home }: ComposePlace): string => {
  const expanded = source === '~' || source.startsWith('~/') ? join(home, source.slice(1)) : source;
  return trimmed(normalize(isAbsolute(expanded) ? expanded : join(projectDir, expanded)));
};

const trimmed = (path: string): string => (path.length > 1 ? path.replace(/\/+$/, '') : path);

const variablesOf = (environment: unknown): Readonly<Record<string, string>> => {
  if (Array.isArray(environment)) {
    return Object.fromEntries(
      environment.map((line) => {
        const [name = '', ...value] = String(line).split('=');
        return [name, value.join('=')];
      }),
    );
  }
  return Object.fromEntries(
    Object.entries(mapping(environment)).map(([name, value]) => [name, String(value ?? '')]),
  );
};

const mapping = (value: unknown): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};
