import { readFile } from 'node:fs/promises';
import { docker } from '../docker/docker-cli.ts';

/** What a container has left with the engine, by where. */
export interface ContainerTraces {
  /** What it is for, by its label. */
  readonly kind: string;
  /** The id of its image. */
  readonly image: string;
  readonly texts: readonly { readonly where: string; readonly text: string }[];
}

interface Inspected {
  readonly Image: string;
  readonly LogPath: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
}

/** Files that can be read there but were never written there. */
const ofTheEngine = /^\/(?:etc\/(?:hosts|hostname|resolv\.conf)|dev|proc|sys)(?:\/|$)/;

/**
 * Everything that the engine has of a container: what it says of it, the output that it kept, also as it lies on the disk, and
 * every file that was written or changed in it, but not those below the folders that may hold a login.
 */
export const containerTraces = async (
  container: string,
  mayHoldLogin: readonly string[],
): Promise<ContainerTraces> => {
  const said = (await docker('inspect', container)).stdout;
  const [found] = JSON.parse(said) as Inspected[];
  const { 'claude-setup.role': role, 'claude-setup.purpose': purpose } = found?.Config.Labels ?? {};
  const kind = role ?? purpose ?? 'unlabelled';
  const logs = await docker('logs', container);
  const kept = found?.LogPath ? await readFile(found.LogPath, 'utf8').catch(() => '') : '';
  const changed = (await docker('diff', container)).stdout
    .split('\n')
    .flatMap((line) => /^[AC] (.*)$/.exec(line)?.[1] ?? [])
    .filter((path) => !ofTheEngine.test(path))
    .filter((path) => !mayHoldLogin.some((folder) => path === folder || path.startsWith(`${folder}/`)));
  // A folder comes with all that is in it, so only what has nothing below itself is taken.
  const ends = changed.filter((path) => !changed.some((other) => other.startsWith(`${path}/`)));
  const written = await Promise.all(
    ends
      .filter((path) => !mayHoldLogin.some((folder) => folder.startsWith(`${path}/`)))
      .map(async (path) => ({
        where: `${kind}: ${path}`,
        text: (await docker('cp', `${container}:${path}`, '-')).stdout,
      })),
  );
  return {
    kind,
    image: found?.Image ?? '',
    texts: [
      { where: `${kind}: docker inspect`, text: said },
      { where: `${kind}: docker logs`, text: logs.stdout + logs.stderr },
      { where: `${kind}: its log on the disk`, text: kept },
      ...written,
    ],
  };
};
