import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createImageSource } from '../../src/adapters/docker/image-source.ts';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createFakeEngine, type FakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import { defaultImageSettings } from '../../src/domain/config.ts';
import { fail } from '../../src/domain/failure.ts';
import { imageLabels } from '../../src/domain/image-plan.ts';
import type { BuildEvent, ImagePlan } from '../../src/ports/engine.ts';
import { buildImage, imageState, planImage } from '../../src/usecases/build-image.ts';
import { unwrap } from '../support/results.ts';

const dockerDir = fileURLToPath(new URL('../../docker', import.meta.url));
const ports = { imageSource: createImageSource({ dockerDir }), clock: systemClock };
const never = new AbortController().signal;

const planFor = async (cliVersion = '2.1.330'): Promise<ImagePlan> => {
  const plan = await planImage(ports, { ...defaultImageSettings, cliVersion });
  if (!plan.ok) throw new Error(plan.failure.why);
  return plan.value;
};

let engine: FakeEngine;
let plan: ImagePlan;
beforeEach(async () => {
  engine = createFakeEngine();
  plan = await planFor();
  engine.program((container) => {
    container.stdout = '2.1.330 (Claude Code)\n';
    container.exit(0);
  });
});

const build = (options: { noCache?: boolean; signal?: AbortSignal; plan?: ImagePlan } = {}) => {
  const events: BuildEvent[] = [];
  const { noCache = false, signal = never } = options;
  const done = buildImage(
    ports,
    { engine, plan: options.plan ?? plan, noCache },
    (event) => events.push(event),
    signal,
  );
  return Object.assign(done, { events });
};

describe('buildImage', () => {
  it('removes what an earlier proof left, once it is older than any proof takes', async () => {
    await build();
    const left = await engine.create({
      name: null,
      image: plan.reference,
      command: ['claude'],
      env: [],
      labels: { 'claude-setup.purpose': 'version' },
      tty: false,
      size: null,
      extraHosts: [],
    });
    const at = engine.containers.get(unwrap(left))?.createdAt ?? 0;
    const buildAt = (now: number) =>
      buildImage(
        { ...ports, clock: { ...systemClock, now: () => now } },
        { engine, plan, noCache: true },
        () => {},
        never,
      );
    expect(await buildAt(at + 60_000)).toMatchObject({ ok: true });
    expect(engine.containers.size).toBe(1);
    expect(await buildAt(at + 121_000)).toMatchObject({ ok: true });
    expect(engine.containers.size).toBe(0);
  });

  it('builds, asks the CLI for its version, and only then labels and tags', async () => {
    const building = build();
    expect(await building).toMatchObject({ ok: true, value: { built: true } });
    expect(engine.build.requests.map(({ tags, labels }) => [tags, labels])).toEqual([
      [[plan.reference], {}],
      [
        [plan.reference, 'claude-setup:latest'],
        {
          [imageLabels.hash]: plan.reference.split(':')[1],
          [imageLabels.cliVersion]: '2.1.330',
        },
      ],
    ]);
    expect(engine.containers.size).toBe(0);
    const steps = building.events.filter(({ type }) => type === 'step');
    expect(steps).toHaveLength(2);
  });

  it('does nothing when the image is there', async () => {
    await build();
    const again = await build();
    expect(again).toMatchObject({ ok: true, value: { built: false, image: { id: 'sha256:2' } } });
    expect(engine.build.requests).toHaveLength(2);
  });

  it('builds again on request, the first pass without the cache', async () => {
    await build();
    expect(await build({ noCache: true })).toMatchObject({ ok: true, value: { built: true } });
    expect(engine.build.requests.map(({ noCache }) => noCache)).toEqual([false, false, true, false]);
  });

  it('labels a latest with its real version', async () => {
    const result = await build({ plan: await planFor('latest') });
    expect(result).toMatchObject({
      ok: true,
      value: { image: { labels: { [imageLabels.cliVersion]: '2.1.330' } } },
    });
  });

  it.each([
    ['another version', '2.1.197 (Claude Code)\n', 0, 'it is version 2.1.197 where 2.1.330 was asked for'],
    ['no version', 'hello\n', 0, 'asked for its version it said "hello"'],
    ['a CLI that does not start', '', 132, 'asked for its version it said "Illegal instruction"'],
  ])('refuses %s, and takes the image for none', async (_name, stdout, code, why) => {
    engine.program((container) => {
      container.stdout = stdout;
      container.stderr = 'Illegal instruction';
      container.exit(code);
    });
    expect(await build()).toMatchObject({ ok: false, failure: { code: 'image.cli-version', why } });
    expect(await imageState(ports, engine, plan)).toEqual({ ok: true, value: { current: null } });
    expect(engine.images.has('claude-setup:latest')).toBe(false);
    expect(engine.containers.size).toBe(0);
  });

  it("hands on a build's failure", async () => {
    engine.build.hold();
    const building = build();
    await vi.waitFor(() => expect(engine.build.running).toBe(true));
    const failure = fail('image.network', 'what', 'why', 'fix').failure;
    engine.build.fail(failure);
    expect(await building).toEqual({ ok: false, failure });
    expect(engine.containers.size).toBe(0);
  });

  it('stops the build when it is interrupted', async () => {
    engine.build.hold();
    const abort = new AbortController();
    const building = build({ signal: abort.signal });
    await vi.waitFor(() => expect(engine.build.running).toBe(true));
    abort.abort();
    expect(await building).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    expect(engine.build.cancelled).toBe(1);
  });

  it('removes its container when it is interrupted while the CLI is asked', async () => {
    engine.program(() => {});
    const abort = new AbortController();
    const building = build({ signal: abort.signal });
    await vi.waitFor(() => expect([...engine.containers.values()][0]?.state).toBe('running'));
    abort.abort();
    expect(await building).toMatchObject({ ok: false, failure: { code: 'interrupted' } });
    expect(engine.containers.size).toBe(0);
    expect(await imageState(ports, engine, plan)).toEqual({ ok: true, value: { current: null } });
  });

  it('says when the engine is lost', async () => {
    const failure = fail('engine.lost', 'The engine is gone', 'it stopped', 'start it').failure;
    engine.breakDown(failure);
    expect(await build()).toEqual({ ok: false, failure });
    expect(await imageState(ports, engine, plan)).toEqual({ ok: false, failure });
  });
});
