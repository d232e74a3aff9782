import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createImageSource } from '../../src/adapters/docker/image-source.ts';
import { defaultImageSettings, type ImageSettings, testedCliVersion } from '../../src/domain/config.ts';
import type { BuildEvent, Engine } from '../../src/ports/engine.ts';
import { docker, engineWithBase } from '../engine.ts';
import { wholeProcess } from '../processes.ts';
import { NotHere, type Row } from '../row.ts';
import { inTurns, timed } from '../samples.ts';

/** Options of `claude-setup build` for this machine's network. */
const buildOptions = (): readonly string[] => process.env.CLAUDE_SETUP_BENCH_BUILD?.split(' ') ?? [];

/** What these options ask for. */
const buildSettings = (): ImageSettings => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...buildOptions()],
    options: {
      base: text,
      ca: text,
      'http-proxy': text,
      'https-proxy': text,
      'no-proxy-for': text,
      'extra-host': { type: 'string', multiple: true },
    },
  });
  return {
    ...defaultImageSettings,
    base: values.base ?? defaultImageSettings.base,
    caFile: values.ca ?? null,
    httpProxy: values['http-proxy'] ?? null,
    httpsProxy: values['https-proxy'] ?? null,
    noProxy: values['no-proxy-for'] ?? null,
    extraHosts: values['extra-host'] ?? [],
  };
};

/** Of the CLI: any other that npm has. */
const otherCliVersion = '2.1.329';

/** Builds an image of this row's own with a version of the CLI: its layers, and the instructions that ran anew for it. */
const buildWith = async (engine: Engine, cliVersion: string) => {
  const source = createImageSource({ dockerDir: fileURLToPath(new URL('../../docker', import.meta.url)) });
  const plan = await source.plan({ ...buildSettings(), cliVersion });
  if (!plan.ok) throw new NotHere(plan.failure.why);
  const { request, context } = plan.value;
  const tag = `claude-setup-bench/image:${cliVersion}`;
  const steps = new Map<number, string>();
  const note = (event: BuildEvent) => {
    if (event.type === 'step') steps.set(event.step, event.text.replace(/ .*/, ''));
    if (event.type === 'cached') steps.delete(event.step);
  };
  const built = await engine.build(
    { ...request, tags: [tag], context: context() },
    note,
    new AbortController().signal,
  );
  if (!built.ok) throw new NotHere(`the image could not be built: ${built.failure.why}`);
  const layers: readonly string[] = JSON.parse(
    await docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', tag),
  );
  // Of a FROM the classic builder never says that it is cached.
  return { tag, layers, anew: [...steps.values()].filter((instruction) => instruction !== 'FROM') };
};

export const imageRows: readonly Row[] = [
  {
    name: 'image-again',
    what: '`build` with nothing changed, whole process',
    against: '',
    unit: 'ms',
    comparison: 'itself',
    limit: 1000,
    async measure({ program, home, rounds }) {
      await engineWithBase();
      const env: Record<string, string> = { ...(await home(1)) };
      // The first engine of this machine, not the missing one of the other rows.
      delete env.DOCKER_HOST;
      if (process.env.DOCKER_HOST) env.DOCKER_HOST = process.env.DOCKER_HOST;
      const build = () => wholeProcess([...program, 'build', '--json'], env);
      const first = await wholeProcess([...program, 'build', '--json', ...buildOptions()], env).catch(
        () => null,
      );
      if (first === null || first < 1) throw new NotHere('the image could not be built');
      const again = (await inTurns(rounds, { build })).build;
      return { ours: again, note: `the first build took ${Math.round(first / 1000)} s` };
    },
  },
  {
    name: 'image-cli-version',
    what: 'layers that another version of the CLI makes anew',
    against: '',
    unit: 'layers',
    comparison: 'itself',
    limit: 1,
    async measure() {
      const engine = await engineWithBase();
      const first = await buildWith(engine, otherCliVersion);
      try {
        let second = first;
        const taken = await timed(async () => {
          second = await buildWith(engine, testedCliVersion);
        });
        const anew = second.layers.filter((layer) => !first.layers.includes(layer));
        const seconds = `${(taken / 1000).toFixed(1)} s, most of it npm's`;
        return {
          ours: [anew.length],
          note: `of ${second.layers.length}; ${seconds}; steps that ran: ${second.anew.join(', ') || 'none'}`,
        };
      } finally {
        await docker('image', 'rm', first.tag, first.tag.replace(otherCliVersion, testedCliVersion));
      }
    },
  },
];
