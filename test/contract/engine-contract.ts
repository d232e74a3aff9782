import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/domain/failure.ts';
import type { BuildEvent, ContainerSpec, Engine, ImageInfo } from '../../src/ports/engine.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { collect } from '../support/session-output.ts';

/** What a container of the contract does. */
interface EngineCommands {
  /** Writes "out" to standard output and "err" to standard error, ends with 3. */
  readonly report: readonly string[];
  /** On a terminal: writes "ready", answers each line with "got <line>", ends with 5 on "bye". */
  readonly echo: readonly string[];
  /** Goes on until a signal ends it. */
  readonly stay: readonly string[];
}

export interface EngineWorld {
  readonly engine: Engine;
  /** An image that is there. */
  readonly image: string;
  readonly commands: EngineCommands;
  /** On every container of this world. */
  readonly labels: Readonly<Record<string, string>>;
  /** An absolute directory of the image that its user can write into. */
  readonly directory: string;
  /** Starts a build that works, fails in its second step, or goes on until it is cancelled. */
  build(
    kind: 'good' | 'failing' | 'endless',
    onEvent: (event: BuildEvent) => void,
    signal: AbortSignal,
  ): Promise<Result<ImageInfo>>;
  close(): Promise<void>;
}

const size = { columns: 80, rows: 24 };
const never = new AbortController().signal;

const tarOf = (files: Readonly<Record<string, string>>): Readable => {
  const archive = pack();
  for (const [name, content] of Object.entries(files))
    archive.entry({ name, mode: 0o600, uid: 1000, gid: 1000 }, content);
  archive.finalize();
  return Readable.from(archive);
};

const filesIn = async (tar: Readable): Promise<Record<string, string>> => {
  const files: Record<string, string> = {};
  for await (const entry of tar.pipe(extract())) {
    const content = (await buffer(entry)).toString();
    if (entry.header.type === 'file') files[entry.header.name] = content;
  }
  return files;
};

/** What every Engine does; run on the fake and on the real one. */
export const engineContract = (name: string, makeWorld: () => Promise<EngineWorld>): void => {
  describe(`engine contract: ${name}`, () => {
    let world: EngineWorld;
    let engine: Engine;
    beforeAll(async () => {
      world = await makeWorld();
      engine = world.engine;
    });
    afterAll(() => world?.close());

    const spec = (change: Partial<ContainerSpec>): ContainerSpec => ({
      name: null,
      image: world.image,
      command: world.commands.stay,
      env: [],
      labels: world.labels,
      tty: false,
      size: null,
      extraHosts: [],
      ...change,
    });
    const create = async (change: Partial<ContainerSpec>) => unwrap(await engine.create(spec(change)));
    const openTerminal = async (command: readonly string[]) => {
      const id = await create({ command, tty: true, size });
      const session = unwrap(await engine.attach(id, size));
      return { id, session };
    };

    it('knows its images and says null for others', async () => {
      expect(unwrap(await engine.image(world.image))?.tags).toContain(world.image);
      expect(unwrap(await engine.image('claude-setup-test/never:built'))).toBeNull();
    });

    it('builds an image, with its steps as events', async () => {
      const events: BuildEvent[] = [];
      const image = unwrap(await world.build('good', (event) => events.push(event), never));
      expect(unwrap(await engine.image(image.tags[0] ?? ''))?.id).toBe(image.id);
      const steps = events.flatMap((event) => (event.type === 'step' ? [event.step] : []));
      expect(steps.length).toBeGreaterThan(1);
      expect(steps).toEqual(steps.map((_, index) => index + 1));
    });

    it('says why a build failed', async () => {
      const failed = await world.build('failing', () => {}, never);
      expect(failed).toMatchObject({ ok: false, failure: { code: expect.stringMatching(/^image\./) } });
    });

    it('cancels a build', async () => {
      const cancel = new AbortController();
      const cancelled = await world.build(
        'endless',
        ({ type }) => type === 'line' && cancel.abort(),
        cancel.signal,
      );
      expectFailure(cancelled, 'interrupted');
    });

    it('refuses an unknown image and a taken name', async () => {
      expectFailure(await engine.create(spec({ image: 'claude-setup-test/never:built' })), 'image.missing');
      const name = `claude-setup-test-contract-${process.pid}`;
      const id = await create({ name });
      expect(expectFailure(await engine.create(spec({ name })), 'container.name-taken')).toContain(name);
      unwrap(await engine.remove(id));
    });

    it('runs a program on a terminal: output from the first byte, input, exit code', async () => {
      const { id, session } = await openTerminal(world.commands.echo);
      const output = collect(session);
      unwrap(await engine.start(id));
      await output.shows('ready');
      session.write('hello\r');
      await output.shows('got hello');
      session.write(new TextEncoder().encode('bye\r'));
      expect(await session.ended).toEqual({ exitCode: 5 });
      expect(output.text()).toContain('got bye');
      session.write('too late\r');
      session.resize({ columns: 10, rows: 10 });
      await session.kill('SIGTERM');
      unwrap(await engine.remove(id));
    });

    it('keeps output for the first listener, and holds it back while paused', async () => {
      const { id, session } = await openTerminal(world.commands.echo);
      unwrap(await engine.start(id));
      const first = collect(session);
      await first.shows('ready');
      session.pause();
      session.write('held\r');
      session.write('bye\r');
      let ended = false;
      void session.ended.then(() => {
        ended = true;
      });
      // The program's end is known by another way than the paused stream.
      unwrap(await engine.wait(id, never));
      expect(first.text()).not.toContain('got held');
      expect(ended).toBe(false);
      session.resume();
      await session.ended;
      expect(first.text()).toContain('got bye');
      unwrap(await engine.remove(id));
    });

    it.each([
      ['SIGTERM', 143],
      ['SIGKILL', 137],
    ] as const)('ends a session by %s with %d', async (signal, exitCode) => {
      const { id, session } = await openTerminal(world.commands.stay);
      session.onOutput(() => {});
      unwrap(await engine.start(id));
      await session.kill(signal);
      expect(await session.ended).toEqual({ exitCode });
      unwrap(await engine.remove(id));
    });

    it('waits for a program without a terminal and has its output apart', async () => {
      const id = await create({ command: world.commands.report });
      unwrap(await engine.start(id));
      expect(unwrap(await engine.wait(id, never))).toBe(3);
      expect(unwrap(await engine.logs(id))).toEqual({ stdout: 'out\n', stderr: 'err\n' });
      unwrap(await engine.remove(id));
    });

    it('shows what containers mount and of their variables only the names', async () => {
      const env = ['CLAUDE_SETUP_TEST_SECRET=sk-ant-oat01-TEST-CANARY'];
      const id = await create({ name: `claude-setup-test-mounts-${process.pid}`, env });
      unwrap(await engine.start(id));
      const all = unwrap(await engine.inspectMounts(null));
      const mine = all.find(({ name }) => name === `claude-setup-test-mounts-${process.pid}`);
      expect(mine?.environment).toHaveProperty('CLAUDE_SETUP_TEST_SECRET', '');
      expect(JSON.stringify(all)).not.toContain('CANARY');
      expect(unwrap(await engine.inspectMounts(id))).toEqual([mine]);
      unwrap(await engine.remove(id));
      expectFailure(await engine.inspectMounts(id), 'container.missing');
    });

    it('tells its clock', async () => {
      expect(Math.abs(unwrap(await engine.now()) - Date.now())).toBeLessThan(60 * 60 * 1000);
    });

    it('gives the last lines of an output', async () => {
      const id = await create({ command: world.commands.report });
      unwrap(await engine.start(id));
      unwrap(await engine.wait(id, never));
      const tail = unwrap(await engine.logsTail(id, 200));
      expect(tail.split('\n').toSorted()).toEqual(['', 'err', 'out']);
      unwrap(await engine.remove(id));
      expectFailure(await engine.logsTail(id, 200), 'container.missing');
    });

    it('stops waiting when told to', async () => {
      const id = await create({ command: world.commands.stay });
      unwrap(await engine.start(id));
      const stop = new AbortController();
      const waiting = engine.wait(id, stop.signal);
      stop.abort();
      expectFailure(await waiting, 'interrupted');
      unwrap(await engine.remove(id));
    });

    it('restarts what runs, and knows what is not there', async () => {
      const id = await create({ command: world.commands.stay });
      unwrap(await engine.start(id));
      unwrap(await engine.restart(id));
      const listed = unwrap(await engine.list(world.labels));
      expect(listed.find((container) => container.id === id)).toMatchObject({ running: true });
      unwrap(await engine.remove(id));
      expectFailure(await engine.restart(id), 'container.missing');
    });

    it('lists containers by their labels', async () => {
      const mark = { ...world.labels, 'claude-setup-test.mark': `${process.pid}` };
      const id = await create({ labels: mark });
      expect(unwrap(await engine.list(mark))).toMatchObject([{ id, labels: mark, running: false }]);
      unwrap(await engine.start(id));
      expect(unwrap(await engine.list(mark))).toMatchObject([{ id, running: true }]);
      expect(unwrap(await engine.list({ ...mark, 'claude-setup-test.mark': 'other' }))).toEqual([]);
      unwrap(await engine.remove(id));
      expect(unwrap(await engine.list(mark))).toEqual([]);
    });

    it('removes what is there and what is not', async () => {
      const id = await create({});
      unwrap(await engine.start(id));
      unwrap(await engine.remove(id));
      unwrap(await engine.remove(id));
      expectFailure(await engine.start(id), 'container.missing');
      expectFailure(await engine.attach(id, size), 'container.missing');
      expectFailure(await engine.logs(id), 'container.missing');
      expectFailure(await engine.wait(id, never), 'container.missing');
      expectFailure(await engine.upload(id, '/', tarOf({ a: 'b' })), 'container.missing');
      expectFailure(await engine.download(id, '/tmp', never), 'container.missing');
    });

    it('writes files into a container that never ran, looks at them and reads them back', async () => {
      const id = await create({});
      const { directory } = world;
      unwrap(await engine.upload(id, directory, tarOf({ 'one.json': '{"a":1}', 'deep/two': 'zwei' })));
      const seen = unwrap(await engine.stat(id, `${directory}/one.json`));
      expect(seen).toMatchObject({ kind: 'file', mode: 0o600, size: 7 });
      expect(unwrap(await engine.stat(id, `${directory}/deep`))).toMatchObject({ kind: 'directory' });
      expect(unwrap(await engine.stat(id, `${directory}/three`))).toBeNull();
      expect(await filesIn(unwrap(await engine.download(id, `${directory}/.`, never)))).toMatchObject({
        './one.json': '{"a":1}',
        './deep/two': 'zwei',
      });
      const single = unwrap(await engine.download(id, `${directory}/one.json`, never)).pipe(extract());
      const entries: string[] = [];
      for await (const entry of single) entries.push(`${entry.header.name} ${await buffer(entry)}`);
      expect(entries).toEqual(['one.json {"a":1}']);
      expectFailure(await engine.download(id, `${directory}/three`, never), 'container.missing');
      unwrap(await engine.remove(id));
    });
  });
};
