import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildEvent, Engine } from '../../src/ports/engine.ts';
import { engineContract } from '../contract/engine-contract.ts';
import { docker, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { buildRequest, findTestEngine, nodeUserDockerfile, testLabels } from '../support/engine-images.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { collect } from '../support/session-output.ts';

const reason = await whyNoDocker();
const image = 'claude-setup-test/engine:contract';
const built = 'claude-setup-test/engine:built';
const labelled = 'claude-setup-test/engine:labelled';
const never = new AbortController().signal;
const size = { columns: 80, rows: 24 };

/** What a base's label is handed down to: every image and container that a build from it makes. */
const heirs = async (label: string): Promise<string[]> => {
  const images = await docker('images', '-aq', '--no-trunc', '--filter', `label=${label}`);
  const containers = await docker('ps', '-aq', '--no-trunc', '--filter', `label=${label}`);
  return `${images.stdout}${containers.stdout}`.trim().split('\n').toSorted();
};

const echo = `echo ready; while read -r line; do echo "got $line"; [ "$line" = bye ] && exit 5; done`;

const dockerfiles = {
  good: `FROM ${testBase}\nRUN echo one\nRUN echo two\n`,
  failing: `FROM ${testBase}\nRUN echo before; exit 9\n`,
  endless: `FROM ${testBase}\nENV PROBE=${Date.now()}\nRUN echo done > /done\nRUN echo going on; sleep 600\n`,
};

describe.skipIf(reason !== null)(`the engine (${reason ?? 'real engine'})`, () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await findTestEngine();
    unwrap(await engine.build(buildRequest(image, nodeUserDockerfile), () => {}, never));
  });
  afterAll(async () => {
    await docker('image', 'rm', built, image);
  });

  engineContract('a real engine', async () => ({
    engine,
    image,
    labels: testLabels,
    commands: {
      report: ['sh', '-c', 'echo out; echo err >&2; exit 3'],
      echo: ['bash', '-c', echo],
      stay: ['sleep', '600'],
    },
    directory: '/home/node',
    build: (kind, onEvent, signal) => engine.build(buildRequest(built, dockerfiles[kind]), onEvent, signal),
    close: async () => {},
  }));

  const terminal = async (script: string) => {
    const id = unwrap(
      await engine.create({
        name: null,
        image,
        command: ['bash', '-c', script],
        env: ['TERM=xterm'],
        labels: testLabels,
        tty: true,
        size,
        extraHosts: ['issuer.example:127.0.0.9'],
      }),
    );
    const session = unwrap(await engine.attach(id, size));
    return { id, session, output: collect(session) };
  };

  it('starts containers without capabilities, with limits, as the image user, never through its entrypoint', async () => {
    const { id, session, output } = await terminal(
      'id -un; grep -E "^(Cap(Eff|Prm|Bnd)|NoNewPrivs)" /proc/self/status; getent hosts issuer.example; cat /proc/1/comm',
    );
    unwrap(await engine.start(id));
    expect(await session.ended).toEqual({ exitCode: 0 });
    const lines = output.text().replaceAll('\t', ' ').split('\r\n');
    expect(lines.slice(0, 5)).toEqual([
      'node',
      'CapPrm: 0000000000000000',
      'CapEff: 0000000000000000',
      'CapBnd: 0000000000000000',
      'NoNewPrivs: 1',
    ]);
    expect(lines[5]).toMatch(/^127\.0\.0\.9\s+issuer\.example/);
    expect(lines[6]).toMatch(/init/);
    const { stdout } = await docker('inspect', id);
    expect(JSON.parse(stdout)[0].HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: 512,
      Memory: 2 * 1024 ** 3,
      Privileged: false,
      Binds: null,
      LogConfig: { Type: 'none' },
    });
    unwrap(await engine.remove(id));
  });

  it('carries every byte of the keyboard, the detach keys of docker among them', async () => {
    const { id, session, output } = await terminal(
      'stty raw -echo; echo ready; head -c 257 | od -An -v -tu1; exit 0',
    );
    unwrap(await engine.start(id));
    await output.shows('ready');
    // Only 0xFF, which no text has, waits for the byte after it.
    const keys = [...Array.from({ length: 256 }, (_, index) => index), 0];
    session.write(Uint8Array.from(keys));
    await session.ended;
    const seen = output.text().split('ready')[1]?.trim().split(/\s+/).map(Number);
    expect(seen).toEqual(keys);
    unwrap(await engine.remove(id));
  });

  it('has the size from the start on, follows a resize and takes the newest of many', async () => {
    // Not a shell: bash now and then sits on a trap until the next key.
    const say = 'console.log(process.stdout.rows + " " + process.stdout.columns)';
    const { id, session, output } = await terminal(
      `exec node -e 'const say = () => ${say}; process.stdout.on("resize", say); process.stdin.on("data", say)'`,
    );
    unwrap(await engine.start(id));
    session.write('size\r');
    await output.shows('24 80');
    for (let columns = 40; columns <= 133; columns += 1) session.resize({ columns, rows: 50 });
    await output.shows('50 133');
    await session.kill('SIGKILL');
    await session.ended;
    unwrap(await engine.remove(id));
  });

  it('loses no byte of a large output, and ends after the last', async () => {
    const { id, session, output } = await terminal(
      'stty -opost; head -c 20000000 /dev/zero | tr "\\0" x; printf END',
    );
    unwrap(await engine.start(id));
    expect(await session.ended).toEqual({ exitCode: 0 });
    expect(output.bytes()).toBe(20_000_003);
    expect(output.text().endsWith('xEND')).toBe(true);
    unwrap(await engine.remove(id));
  });

  it('is attached to again while the program runs', async () => {
    const { id, output } = await terminal(echo);
    unwrap(await engine.start(id));
    await output.shows('ready');
    const second = unwrap(await engine.attach(id, size));
    const seen = collect(second);
    second.write('bye\r');
    expect(await second.ended).toEqual({ exitCode: 5 });
    expect(seen.text()).toContain('got bye');
    expect(expectFailure(await engine.attach(id, size), 'container.missing')).toContain('has ended');
    unwrap(await engine.remove(id));
  });

  /** Cancels a build of two stages when told, and compares all that its base was handed down to before and after. */
  const cancelBuild = async (last: string, when: (cancel: () => void) => (event: BuildEvent) => void) => {
    const label = `claude-setup-test.cancel=${Date.now()}`;
    unwrap(await engine.build(buildRequest(labelled, `FROM ${testBase}\nLABEL ${label}\n`), () => {}, never));
    const before = await heirs(label);
    const cancel = new AbortController();
    const dockerfile = `FROM ${labelled}
RUN head -c 60000000 /dev/urandom > /made
FROM ${labelled}
${last}
RUN echo after; sleep 600
`;
    let cancelledAt = 0;
    const onEvent = when(() => {
      cancelledAt ||= performance.now();
      cancel.abort();
    });
    expectFailure(await engine.build(buildRequest(built, dockerfile), onEvent, cancel.signal), 'interrupted');
    const took = Math.round(performance.now() - cancelledAt);
    expect(before).toHaveLength(2);
    expect(await heirs(label)).toEqual(before);
    await docker('image', 'rm', labelled);
    return took;
  };

  const cancelPoints: [string, string, (event: BuildEvent) => boolean][] = [
    ['in a running step', 'RUN echo waiting; sleep 600', ({ type }) => type === 'line'],
    ['at the first step', 'RUN sleep 600', ({ type }) => type === 'step'],
    ['between steps', 'ENV LATE=1', (event) => event.type === 'step' && event.step === 4],
    [
      'in a copy',
      'COPY --from=0 /made /copied',
      (event) => event.type === 'step' && event.text.startsWith('COPY'),
    ],
  ];
  it.each(cancelPoints)('leaves nothing behind when a build is cancelled %s', async (name, last, isTime) => {
    const took = await cancelBuild(last, (cancel) => (event) => isTime(event) && cancel());
    console.info(`cancel ${name}: clean after ${took} ms`);
  });

  it('leaves nothing behind whenever a build is cancelled', async () => {
    const took: number[] = [];
    // By time: in the middle of the engine's own work, as while it stores a layer, there is no event to wait for.
    for (let delay = 0; delay <= 1500; delay += 125) {
      took.push(
        await cancelBuild('COPY --from=0 /made /copied', (cancel) => {
          setTimeout(cancel, delay);
          return () => {};
        }),
      );
    }
    console.info(`cancel at 0, 125, … 1500 ms: clean after ${took.join(', ')} ms`);
  });

  it('answers what it measures', async () => {
    const { id, session, output } = await terminal('stty raw -echo; echo ready; cat');
    unwrap(await engine.start(id));
    await output.shows('ready');
    const median = async (times: number, work: () => Promise<unknown>) => {
      const taken: number[] = [];
      for (let index = 0; index < times; index += 1) {
        const start = performance.now();
        await work();
        taken.push(performance.now() - start);
      }
      return (taken.toSorted((a, b) => a - b)[times >> 1] ?? 0).toFixed(2);
    };
    const stat = await median(100, () => engine.stat(id, '/home/node/.claude'));
    const missing = await median(100, () => engine.stat(id, '/home/node/.claude/.credentials.json'));
    const echoed = await median(200, () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const off = session.onOutput(() => {
        off();
        resolve();
      });
      session.write('k');
      return promise;
    });
    console.info(`stat ${stat} ms, of a missing file ${missing} ms; echo through attach ${echoed} ms`);
    unwrap(await engine.remove(id));
    expect(await session.ended).toEqual({
      exitCode: expect.toSatisfy((code) => code === null || code === 137),
    });
  });
});
