import { isAbsolute, resolve } from 'node:path';
import { defaultImageSettings, type ImageSettings, isExtraHost } from '../domain/config.ts';
import { fail, ok } from '../domain/failure.ts';
import { formatDuration } from '../tui/format.ts';
import { buildImage, planImage } from '../usecases/build-image.ts';
import { requireEngine } from '../usecases/open-runtime.ts';
import { createBuildLines } from './build-lines.ts';
import { type Command, type Invocation, jsonOption, listOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';

/** `claude-setup build`: builds the setup image; the settings given are kept for the next builds. */
export const buildCommand: Command = {
  options: [
    { flags: '--base <image>', summary: `base image (default ${defaultImageSettings.base})` },
    {
      flags: '--cli-version <version>',
      summary: `version of the Claude CLI, or latest (default ${defaultImageSettings.cliVersion})`,
    },
    { flags: '--ca <file>', summary: 'PEM file with extra certificate authorities; "" for none' },
    { flags: '--http-proxy <url>', summary: 'proxy for http during the build; "" for none' },
    { flags: '--https-proxy <url>', summary: 'proxy for https during the build; "" for none' },
    { flags: '--no-proxy-for <hosts>', summary: 'hosts that are reached without the proxy' },
    {
      flags: '--extra-host <name:address>',
      summary: 'line for /etc/hosts of the build and the containers',
      repeatable: true,
    },
    { flags: '--no-cache', summary: 'build every step anew' },
    jsonOption,
  ],
  examples: [
    'claude-setup build',
    'claude-setup build --base registry.example/node:24 --ca corporate-ca.pem',
  ],
  run: async (invocation) => {
    const { ports, io, signal, options } = invocation;
    const json = options.json === true;
    const odd = listOption(invocation, 'extraHost')?.find((line) => line !== '' && !isExtraHost(line));
    if (odd !== undefined) return printFailure(io, noHost(odd).failure, json);
    const config = await ports.settings.load();
    if (!config.ok) return printFailure(io, config.failure, json);
    const settings = withOptions(config.value.image, invocation);
    const plan = await planImage(ports, settings);
    if (!plan.ok) return printFailure(io, plan.failure, json);
    const engine = await requireEngine(ports, signal);
    if (!engine.ok) return printFailure(io, engine.failure, json);
    const { info } = engine.value;
    progressLine(io, `${info.name} ${info.version} at ${info.endpoint}`);
    const input = { engine: engine.value, plan: plan.value, noCache: options.cache === false };
    const lines = createBuildLines(io, ports);
    const startedAt = ports.clock.now();
    const built = await buildImage(ports, input, lines.show, signal);
    lines.end();
    if (!built.ok) return printFailure(io, built.failure, json);
    // Only now: with settings that give no image, runs and refreshes elsewhere would find none.
    const saved = await ports.settings.update((now) => ok({ ...now, image: settings }));
    if (!saved.ok) return printFailure(io, saved.failure, json);
    const { image, built: anew } = built.value;
    const result = { reference: plan.value.reference, built: anew, id: image.id, size: image.size };
    if (json) printJson(io, result);
    else
      printLines(io, [
        `${result.reference} ${anew ? `was built in ${formatDuration(ports.clock.now() - startedAt)}` : 'is up to date'} (${Math.round(image.size / 1e6)} MB)`,
      ]);
    return 0;
  },
};

const noHost = (line: string) =>
  fail(
    'usage',
    'Nothing was built',
    `"${line}" is no name:address`,
    'such as --extra-host registry:10.0.0.7',
  );

const withOptions = (image: ImageSettings, invocation: Invocation): ImageSettings => {
  const text = (name: string, current: string | null): string | null => {
    const given = textOption(invocation, name);
    return given === null ? current : given || null;
  };
  const caFile = text('ca', image.caFile);
  return {
    base: text('base', image.base) ?? defaultImageSettings.base,
    cliVersion: text('cliVersion', image.cliVersion) ?? defaultImageSettings.cliVersion,
    caFile: caFile === null || isAbsolute(caFile) ? caFile : resolve(caFile),
    httpProxy: text('httpProxy', image.httpProxy),
    httpsProxy: text('httpsProxy', image.httpsProxy),
    noProxy: text('noProxyFor', image.noProxy),
    extraHosts: listOption(invocation, 'extraHost')?.filter(Boolean) ?? image.extraHosts,
  };
};
