import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import { createEngines } from '../src/adapters/docker/engines.ts';
import { defaultImageSettings } from '../src/domain/config.ts';
import type { Engine, ImagePlan } from '../src/ports/engine.ts';
import { NotHere } from './row.ts';

const run = promisify(execFile);

/** The image that the tests use as well; `node test/support/base-image.ts` makes it. */
export const baseImage = 'claude-setup-test/base:node24';

export const docker = async (...args: readonly string[]): Promise<string> =>
  (await run('docker', [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout.trim();

/** The engine, with the base image in it. */
export const engineWithBase = async (): Promise<Engine> => {
  const search = await createEngines({
    env: process.env,
    homeDir: homedir(),
    uid: process.getuid?.() ?? null,
  }).find(new AbortController().signal);
  if (search.engine === null) throw new NotHere('no engine answers');
  const base = await search.engine.image(baseImage);
  if (!base.ok || base.value === null) throw new NotHere(`the engine has no ${baseImage}`);
  return search.engine;
};

/** A container of the base image, removed after `work`. */
export const withContainer = async <T>(
  command: readonly string[],
  work: (id: string) => Promise<T>,
): Promise<T> => {
  const id = await docker('run', '-d', '--init', '--label', 'claude-setup-bench=1', baseImage, ...command);
  try {
    return await work(id);
  } finally {
    await docker('rm', '-f', id);
  }
};

/** An image with the user and the folders of the setup image, on the base, removed after `work`. */
export const shellImage = async <T>(engine: Engine, work: (plan: ImagePlan) => Promise<T>): Promise<T> => {
  const reference = `claude-setup-bench/shell:${process.pid}`;
  const dockerfile = `FROM ${baseImage}
RUN id node 2> /dev/null || useradd --uid 1000 --user-group --create-home --home-dir /home/node node
RUN mkdir -p /home/node/.claude && chmod 0700 /home/node/.claude && chown node: /home/node /home/node/.claude
ENV HOME=/home/node
`;
  const request = {
    dockerfile: 'Dockerfile',
    tags: [reference],
    labels: {},
    buildArgs: {},
    extraHosts: [],
    noCache: false,
  };
  const context = () => {
    const tar = pack();
    tar.entry({ name: 'Dockerfile' }, dockerfile);
    tar.finalize();
    return Readable.from(tar);
  };
  const built = await engine.build(
    { ...request, context: context() },
    () => {},
    new AbortController().signal,
  );
  if (!built.ok) throw new NotHere(`no image could be built: ${built.failure.why}`);
  try {
    return await work({ settings: defaultImageSettings, reference, request, context });
  } finally {
    await docker('image', 'rm', reference);
  }
};
