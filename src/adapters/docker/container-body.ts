import type { ContainerPlace, ContainerSpec } from '../../ports/engine.ts';
import { nodeUser } from './our-containers.ts';

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
    ...(spec.place === undefined ? {} : hostConfigOf(spec.place)),
  },
});

const hostConfigOf = ({ mounts, network, readOnly, volume }: ContainerPlace) => ({
  ...jobLimits,
  ...(network === null ? {} : { NetworkMode: network }),
  ...(readOnly ? readOnlyRoot : {}),
  Mounts: [
    // Of all mounts of memory only a volume takes uploads through the archive API, while the container runs.
    {
      Type: 'volume',
      Target: volume.target,
      VolumeOptions: { NoCopy: true, ...(volume.inMemory ? { DriverConfig: memoryVolume } : {}) },
    },
    ...mounts.map((mount) => ({
      Type: 'bind',
      Source: mount.source,
      Target: mount.target,
      ReadOnly: mount.readOnly,
    })),
  ],
});

const memoryVolume = {
  Name: 'local',
  Options: { type: 'tmpfs', device: 'tmpfs', o: `size=${volumeSize},mode=0755,nosuid,nodev` },
};
