import type { ContainerPlace, ContainerSpec } from '../../ports/engine.ts';
import { labels, nodeUser } from './our-containers.ts';

/** How we start containers, whatever they run (source: design, "Containers"). */
const hardening = {
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  PidsLimit: 512,
  Memory: 2 * 1024 ** 3,
  NetworkMode: 'default',
  // A dump of the CLI's memory would hold the login.
  Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }],
};

/** A root file system that can't be written. Not where a login goes in or out by the archive API, which refuses it there. */
const readOnlyRoot = { ReadonlyRootfs: true, Tmpfs: { '/tmp': 'mode=1777,nosuid,nodev' } };

/** Room for builds and their compilers beside the CLI. */
const jobLimits = { PidsLimit: 2048, Memory: 4 * 1024 ** 3 };

/** Bytes of a volume in memory: what the CLI keeps of its sessions goes there too. */
const volumeSize = '512m';

/**
 * What passes through a terminal or belongs to a person may be a token, and is never kept by the engine; other output
 * is kept until the container goes.
 */
const logConfig = ({ tty, place }: ContainerSpec) =>
  tty || place !== undefined
    ? { Type: 'none', Config: {} }
    : { Type: 'json-file', Config: { 'max-size': '8m' } };

/** The body of the engine's create call. */
export const containerBody = (spec: ContainerSpec, init: boolean) => ({
  Image: spec.image,
  // Podman takes an empty entrypoint for an absent one, so the program itself is the entrypoint: the image's is never run.
  Entrypoint: spec.command.slice(0, 1),
  Cmd: spec.command.slice(1),
  Env: spec.env,
  Labels: spec.labels,
  User: spec.place?.user ?? nodeUser.name,
  Tty: spec.tty,
  OpenStdin: true,
  StdinOnce: spec.place !== undefined,
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  ...(spec.place?.workdir ? { WorkingDir: spec.place.workdir } : {}),
  HostConfig: {
    ...hardening,
    Init: init,
    ExtraHosts: spec.extraHosts,
    LogConfig: logConfig(spec),
    ...(spec.size === null ? {} : { ConsoleSize: [spec.size.rows, spec.size.columns] }),
    ...(spec.alone ? { ...readOnlyRoot, NetworkMode: 'none' } : {}),
    ...(spec.kept === undefined ? {} : { Mounts: [memoryMount(spec.kept.target, ofNode)] }),
    ...(spec.place === undefined
      ? {}
      : hostConfigOf(spec.place, spec.kept?.target === spec.place.volume.target)),
  },
});

/** The body of a container that only uses the volumes of another one. */
export const keeperBody = (
  container: string,
  { kept, labels: given }: ContainerSpec & Required<Pick<ContainerSpec, 'kept'>>,
  init: boolean,
) => ({
  Image: kept.image,
  Entrypoint: ['sleep'],
  Cmd: ['infinity'],
  Labels: { ...given, [labels.role]: 'keeper', [labels.keeps]: container },
  User: nodeUser.name,
  HostConfig: {
    ...hardening,
    ...readOnlyRoot,
    NetworkMode: 'none',
    Init: init,
    LogConfig: { Type: 'none', Config: {} },
    VolumesFrom: [container],
  },
});

const hostConfigOf = ({ mounts, network, readOnly, volume }: ContainerPlace, isKept: boolean) => ({
  ...jobLimits,
  ...(network === null ? {} : { NetworkMode: network }),
  ...(readOnly ? readOnlyRoot : {}),
  Mounts: [
    // Of all mounts of memory only a volume takes uploads through the archive API, while the container runs.
    volume.inMemory || isKept
      ? memoryMount(volume.target, 'mode=0755')
      : { Type: 'volume', Target: volume.target, VolumeOptions: { NoCopy: true } },
    ...mounts.map((mount) => ({
      Type: 'bind',
      Source: mount.source,
      Target: mount.target,
      ReadOnly: mount.readOnly,
    })),
  ],
});

const ofNode = `mode=0700,uid=${nodeUser.uid},gid=${nodeUser.gid}`;

const memoryMount = (target: string, owner: string) => ({
  Type: 'volume',
  Target: target,
  VolumeOptions: {
    NoCopy: true,
    DriverConfig: {
      Name: 'local',
      Options: { type: 'tmpfs', device: 'tmpfs', o: `size=${volumeSize},${owner},nosuid,nodev` },
    },
  },
});
