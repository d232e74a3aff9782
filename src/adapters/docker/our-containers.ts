import { fail, type Result } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';

/** The user of the setup image, and what it owns (source: docker/Dockerfile.claude-setup). */
export const nodeUser = { uid: 1000, gid: 1000, name: 'node', home: '/home/node' } as const;

/** One directory holds everything that the CLI keeps. */
export const configDir = '/home/node/.claude';

/** Labels on our containers. */
export const labels = {
  /** `sign-in`, `cli`, `refresh`, `job` (on a lease), `full` (on a whole login) or `keeper`. */
  role: 'claude-setup.role',
  profile: 'claude-setup.profile',
  method: 'claude-setup.method',
  /** The login that a refresh is made of, as `loginMark` names it. */
  base: 'claude-setup.base',
  /** The process of ours that a job on a lease or a run of the CLI belongs to. */
  owner: 'claude-setup.owner',
  /** The container that a keeper keeps the memory of. */
  keeps: 'claude-setup.keeps',
  /** A short hash of the settings home that the container belongs to. */
  home: 'claude-setup.home',
} as const;

/** Removes a container, trying once more when the engine fails at it. */
export const removeSurely = async (engine: Engine, container: string): Promise<Result<void>> => {
  const first = await engine.remove(container);
  return first.ok ? first : engine.remove(container);
};

export const noImage = (image: string): Result<never> =>
  fail(
    'image.missing',
    `There is no image ${image}`,
    'the engine does not have it',
    `get it: docker pull ${image}`,
  );
