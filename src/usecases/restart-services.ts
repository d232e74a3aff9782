import { resolve } from 'node:path';
import { fail, ok, type Result } from '../domain/failure.ts';
import type { Engine } from '../ports/engine.ts';

/** Labels that compose puts on its containers (source: the Compose implementation's `api/labels`). */
const serviceLabel = 'com.docker.compose.service';
const projectLabel = 'com.docker.compose.project';
const filesLabel = 'com.docker.compose.project.config_files';
/** What the files of Compose 1 are relative to. */
const directoryLabel = 'com.docker.compose.project.working_dir';

/** A service to restart, and where it is found. */
export interface RestartTarget {
  readonly service: string;
  readonly containers: readonly string[];
}

/**
 * The running containers of compose services, each named as `SERVICE` or `PROJECT/SERVICE`. `composeFile` is the absolute
 * path of a file that they must have been started from; null for any.
 */
export const findServices = async (
  engine: Engine,
  names: readonly string[],
  composeFile: string | null,
): Promise<Result<readonly RestartTarget[]>> => {
  const targets: RestartTarget[] = [];
  for (const name of names) {
    const [service = '', project = null] = name.split('/').toReversed();
    const listed = await engine.list({
      [serviceLabel]: service,
      ...(project !== null && { [projectLabel]: project }),
    });
    if (!listed.ok) return listed;
    const found = listed.value.filter(
      ({ running, labels }) =>
        running && (composeFile === null || composeFilesOf(labels).includes(composeFile)),
    );
    const projects = [...new Set(found.map(({ labels }) => labels[projectLabel] ?? ''))];
    if (found.length === 0) return notRunning(name);
    if (projects.length > 1) return ambiguous(service, projects);
    targets.push({ service: name, containers: found.map(({ id }) => id) });
  }
  return ok(targets);
};

const composeFilesOf = (labels: Readonly<Record<string, string>>): readonly string[] =>
  (labels[filesLabel]?.split(',') ?? []).map((file) => resolve(labels[directoryLabel] ?? '/', file));

/** Restarts services one container after the other, so that of several one is always up. */
export const restartServices = async (
  engine: Engine,
  targets: readonly RestartTarget[],
  onProgress: (line: string) => void,
): Promise<Result<void>> => {
  for (const { service, containers } of targets) {
    onProgress(`Restarting ${service}`);
    for (const container of containers) {
      const done = await engine.restart(container);
      if (!done.ok) return done;
    }
  }
  return ok(undefined);
};

const notRunning = (name: string): Result<never> =>
  fail(
    'restart.missing',
    `The service ${name} can't be restarted`,
    'no running container of that compose service was found on this engine',
    'start it with docker compose up, or leave --restart out',
  );

const ambiguous = (service: string, projects: readonly string[]): Result<never> =>
  fail(
    'restart.missing',
    `The service ${service} was not restarted`,
    `there are several of that name, in the projects ${projects.join(', ')}`,
    `name one: --restart ${projects[0]}/${service}`,
  );
