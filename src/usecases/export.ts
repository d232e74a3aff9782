import { join } from 'node:path';
import {
  type ExportFile,
  type ExportFormat,
  type ExportInput,
  setupImage,
} from '../domain/export/export-format.ts';
import { type Failure, fail, ok, type Result } from '../domain/failure.ts';
import { plainText } from '../domain/plain-text.ts';
import type { Profile } from '../domain/profile.ts';
import type { Owner } from '../domain/publication.ts';
import type { Host } from '../ports/host.ts';
import type { Ports } from '../ports/ports.ts';
import { lend } from './lend.ts';
import { publicationsOf } from './publications.ts';

export interface ExportRequest {
  readonly profile: Profile;
  readonly format: ExportFormat;
  /** Absolute path of the published directory; null for the one that is published already, else the usual one. */
  readonly directory: string | null;
  readonly image: string | null;
  readonly service: string | null;
  readonly namespace: string | null;
}

export interface Exported {
  readonly files: readonly ExportFile[];
  /** When the token in the files ends, in milliseconds since the epoch; null when none is in them. */
  readonly tokenEndsAt: number | null;
  /** Why the login could not be refreshed first. */
  readonly warning: Failure | null;
}

/** Writes a profile down for use elsewhere. A lease is made for the formats that hold a token, and only for them. */
export const exportProfile = async (
  ports: Ports,
  request: ExportRequest,
  onProgress: (line: string) => void,
  signal: AbortSignal,
): Promise<Result<Exported>> => {
  const { format, profile } = request;
  const input = await describeExport(ports, request);
  if (!input.ok) return input;
  if (!format.holdsToken) return ok({ files: format.render(input.value), tokenEndsAt: null, warning: null });
  const lent = await lend(ports, { profile }, onProgress, signal);
  if (!lent.ok) return lent;
  const { lease, warning } = lent.value;
  return ok({ files: format.render(input.value, lease), tokenEndsAt: lease.expiresAt, warning });
};

/** Writes one file to the path, several into the directory there, which is made when it is missing; new files only. Their absolute paths. */
export const writeExport = async (
  { outputFiles }: Pick<Ports, 'outputFiles'>,
  files: readonly ExportFile[],
  path: string,
): Promise<Result<readonly string[]>> => {
  const paths: string[] = [];
  const withFolder = files.length > 1;
  for (const { name, content } of files) {
    const written = await outputFiles.writeNew(withFolder ? join(path, name) : path, content, { withFolder });
    if (!written.ok) return written;
    paths.push(written.value.path);
  }
  return ok(paths);
};

/** What a format is made from, checked. No token is in it. */
const describeExport = async (
  ports: Ports,
  { profile, format, directory, image, service, namespace }: ExportRequest,
): Promise<Result<ExportInput>> => {
  const named = service ?? 'claude';
  if (!format.names.test(named)) return unusable(`"${named}" is no name that ${format.format} takes`);
  if (namespace !== null && !/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(namespace))
    return unusable(`"${namespace}" is no namespace`);
  if (image !== null && !/^[\w][\w./:@-]*$/.test(image)) return unusable(`"${image}" is no image`);
  const published = await publicationsOf(ports, profile);
  if (!published.ok) return published;
  const wanted = published.value.find((one) =>
    directory === null ? !one.full : one.directory === directory,
  );
  if (wanted?.full) return wholeLogin(wanted.directory);
  const place = wanted?.directory ?? directory ?? usualDirectory(profile);
  // A new line would end a comment, and what follows would be part of a script; the others hide what stands there.
  if (plainText(place) !== place)
    return unusable(
      `${plainText(place)} has a character that can't be seen in its path; name another with --to`,
    );
  return ok({
    profile: profile.name,
    directory: place,
    owner: wanted?.owner ?? usualOwner(ports.host),
    givenAway: Boolean(wanted?.owner) || ports.host.uid === 0,
    image: image ?? setupImage,
    service: named,
    namespace,
    program: ports.host.program,
    environment: Object.fromEntries(
      carried.flatMap((name) => (ports.host.env[name] ? [[name, ports.host.env[name]]] : [])),
    ),
  });
};

/** Where a lease is published, unless a person says. */
const usualDirectory = ({ authDir }: Profile): string => `${authDir}-lease`;

/** Variables that lead to the settings, the engine and the programs. Proxies are not among them: they can hold a password. */
const carried = ['PATH', 'CLAUDE_SETUP_HOME', 'DOCKER_HOST', 'DOCKER_CONFIG', 'DOCKER_CONTEXT'] as const;

/** Whoever runs us, because nobody but root can give files away; the image's own user where that is root. */
const usualOwner = ({ uid }: Host): Owner => {
  const id = uid || 1000;
  return { uid: id, gid: id };
};

const unusable = (why: string) => fail('usage', 'Nothing was exported', why, 'give another one');

const wholeLogin = (directory: string) =>
  fail(
    'usage',
    'Nothing was exported',
    `${directory} holds the whole login, which only one container may hold`,
    'name a directory for a lease with --to',
  );
