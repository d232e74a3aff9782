import { configDirectory } from '../domain/export/export-format.ts';
import { type SecretVersion, swarmLabels } from '../domain/export/versions.ts';
import type { Owner } from '../domain/publication.ts';
import type { SecretMount, SwarmSecret, SwarmService } from '../ports/swarm.ts';

/** A file of a lease, and the secret of the swarm that has its content. */
export interface MadeSecret {
  readonly version: SecretVersion;
  readonly secret: SwarmSecret;
}

/** A service's secrets with ours in their newest version: where they are already, else in its config directory. */
export const wantedMounts = (
  service: SwarmService,
  made: readonly MadeSecret[],
  known: ReadonlyMap<string, SwarmSecret>,
): readonly SecretMount[] => {
  const partOf = ({ secretId }: SecretMount) => known.get(secretId)?.labels[swarmLabels.part];
  const others = service.secrets.filter(({ secretId }) => !known.has(secretId));
  const mine = made.map(({ version: { part, file }, secret }): SecretMount => {
    const present = service.secrets.find((mount) => partOf(mount) === part);
    const place = present ?? {
      target: `${variable(service, 'CLAUDE_CONFIG_DIR') ?? configDirectory}/${file}`,
      owner: ownerIn(service),
      mode: 0o400,
    };
    return { ...place, secretId: secret.id, secretName: secret.name };
  });
  return [...others, ...mine];
};

const variable = ({ env }: SwarmService, name: string): string | null =>
  env.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) || null;

/** Whoever runs in the service's containers, where it says so in numbers; else the user of the setup image. */
const ownerIn = ({ user }: SwarmService): Owner => {
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? { uid: 1000, gid: 1000 } : { uid: Number(uid), gid: Number(gid ?? uid) };
};

/** Whether two lists are the same secrets at the same places, in any order. */
export const sameMounts = (one: readonly SecretMount[], other: readonly SecretMount[]): boolean => {
  const text = (mounts: readonly SecretMount[]) =>
    mounts
      .map(({ secretId, target }) => `${secretId} ${target}`)
      .sort()
      .join('\n');
  return text(one) === text(other);
};
