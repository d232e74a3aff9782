import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { createEngines } from '../../src/adapters/docker/engines.ts';
import type { BuildEvent, BuildRequest, Engine } from '../../src/ports/engine.ts';
import { testBase } from '../docker/docker-cli.ts';
import { unwrap } from './results.ts';
import { standInProgram } from './stand-in-cli/program.ts';

/** On every image and container that these tests make. */
export const testLabels = { 'claude-setup-test.owner': 'engine-tests' } as const;

/** The engine of this machine, as `DOCKER_HOST` and its kin name it; throws when there is none. */
export const findTestEngine = async (): Promise<Engine> => {
  const place = { env: process.env, homeDir: process.env.HOME ?? '/', uid: process.getuid?.() ?? null };
  const { engine, attempts } = await createEngines(place).find(new AbortController().signal);
  if (engine === null) throw new Error(JSON.stringify(attempts));
  return engine;
};

/** A build of a Dockerfile with some files beside it, none cached. */
export const buildRequest = (
  tag: string,
  dockerfile: string,
  files: Readonly<Record<string, string>> = {},
): BuildRequest => {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, dockerfile);
  for (const [name, content] of Object.entries(files)) archive.entry({ name, mode: 0o755 }, content);
  archive.finalize();
  return {
    context: Readable.from(archive),
    dockerfile: 'Dockerfile',
    tags: [tag],
    labels: testLabels,
    buildArgs: {},
    extraHosts: [],
    noCache: false,
  };
};

/** The user and the folders of the setup image, on the tests' base. */
export const nodeUserDockerfile = `FROM ${testBase}
RUN id node 2> /dev/null || useradd --uid 1000 --user-group --create-home --home-dir /home/node node
RUN mkdir -p /home/node/.claude /workspace && chmod 0700 /home/node/.claude && chown node: /home/node /home/node/.claude /workspace
ENV HOME=/home/node CLAUDE_CONFIG_DIR=/home/node/.claude
WORKDIR /workspace
`;

/** An image whose \`claude\` is the stand-in CLI, with these switches (see stand-in-cli/stand-in.ts). */
export const buildStandInImage = async (
  engine: Engine,
  tag: string,
  switches: Readonly<Record<`STAND_IN_${string}`, string>> = {},
): Promise<string> => {
  const program = await standInProgram();
  const env = Object.entries(switches).map(([name, value]) => `ENV ${name}=${value}\n`);
  const dockerfile = `${nodeUserDockerfile}COPY package.json stand-in.js /opt/stand-in/
COPY claude /usr/local/bin/claude
ENTRYPOINT ["/bin/false"]
${env.join('')}`;
  const files = {
    'package.json': '{"type":"module"}',
    'stand-in.js': program,
    claude: '#!/bin/sh\nexec node /opt/stand-in/stand-in.js "$@"\n',
  };
  const events: BuildEvent[] = [];
  unwrap(
    await engine.build(
      buildRequest(tag, dockerfile, files),
      (event) => events.push(event),
      new AbortController().signal,
    ),
  );
  return tag;
};
