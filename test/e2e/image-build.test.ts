import { homedir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngines } from '../../src/adapters/docker/engines.ts';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { testedCliVersion } from '../../src/domain/config.ts';
import { imageLabels } from '../../src/domain/image-plan.ts';
import type { BuildEvent, Engine, ImagePlan } from '../../src/ports/engine.ts';
import { buildImage, imageState } from '../../src/usecases/build-image.ts';
import { docker, planForTest, whyNoDocker } from '../docker/docker-cli.ts';

const reason = await whyNoDocker();
const never = new AbortController().signal;
const tag = 'claude-setup-test/image:built';
const ports = { imageSource: { plan: () => Promise.reject(new Error('not used')) }, clock: systemClock };

describe.skipIf(reason !== null)(`building the setup image (${reason ?? 'real engine'})`, () => {
  let engine: Engine;
  const plans: ImagePlan[] = [];
  /** The image of every pass of a build. */
  const passes: string[] = [];

  /** A plan of this test's own: nobody else's image has its name, and `claude-setup:latest` stays as it is. */
  const ownPlan = async (cliVersion: string): Promise<ImagePlan> => {
    const plan = await planForTest({ cliVersion });
    const reference = `claude-setup-test/image:own-${cliVersion}`;
    const own = { ...plan, reference, request: { ...plan.request, tags: [reference, tag] } };
    plans.push(own);
    return own;
  };
  const build = async (plan: ImagePlan, noCache = false) => {
    const events: BuildEvent[] = [];
    const start = performance.now();
    const result = await buildImage(ports, { engine, plan, noCache }, (event) => events.push(event), never);
    console.info(`${plan.reference}, noCache ${noCache}: ${Math.round(performance.now() - start)} ms`);
    return { result, events };
  };

  const layers = async (id: string): Promise<string> =>
    (await docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', id)).stdout;

  beforeAll(async () => {
    const search = await createEngines({
      env: process.env,
      homeDir: homedir(),
      uid: process.getuid?.() ?? null,
    }).find(never);
    if (search.engine === null) throw new Error('docker answers, and our search found no engine');
    const found = search.engine;
    engine = {
      ...found,
      build: async (...args) => {
        const built = await found.build(...args);
        if (built.ok) passes.push(built.value.id);
        return built;
      },
    };
  });
  afterAll(async () => {
    await docker('image', 'rm', tag, ...plans.map(({ reference }) => reference));
  });

  it('builds every step, proves the CLI, and then finds the image there', async () => {
    const plan = await ownPlan(testedCliVersion);
    expect(await imageState(ports, engine, plan)).toEqual({ ok: true, value: { current: null } });
    const { result, events } = await build(plan, true);
    expect(result).toMatchObject({
      ok: true,
      value: {
        built: true,
        image: {
          labels: {
            [imageLabels.hash]: expect.stringMatching(/^[0-9a-f]{12}$/),
            [imageLabels.cliVersion]: testedCliVersion,
          },
        },
      },
    });
    if (!result.ok) return;
    expect(result.value.image.tags.toSorted()).toEqual([tag, plan.reference]);
    // The second pass took the steps that the first one had just made, not older ones from the cache.
    expect(passes).toHaveLength(2);
    const [first, second] = await Promise.all(passes.map(layers));
    expect(second).toBe(first);

    const steps = events.filter((event) => event.type === 'step');
    expect(steps.length).toBeGreaterThan(10);
    expect(steps.map(({ step }) => step)).toEqual(steps.map((_step, index) => index + 1));

    const again = await build(plan);
    expect(again.result).toMatchObject({ ok: true, value: { built: false, image: result.value.image } });
    expect(again.events).toEqual([]);
    const left = await docker('ps', '-aq', '--filter', 'label=claude-setup.purpose=version');
    expect(left.stdout).toBe('');
  });

  it('labels a latest with the version that it is', async () => {
    const { result } = await build(await ownPlan('latest'));
    expect(result).toMatchObject({
      ok: true,
      value: { image: { labels: { [imageLabels.cliVersion]: expect.stringMatching(/^\d+\.\d+\.\d+$/) } } },
    });
  });

  it('says when there is no such version', async () => {
    const { result } = await build(await ownPlan('2.1.99999'));
    expect(result).toMatchObject({ ok: false, failure: { code: 'image.cli-version' } });
  });
});
