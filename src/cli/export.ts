import { resolve } from 'node:path';
import { asOneText, type ExportFormat, type ExportOption } from '../domain/export/export-format.ts';
import { exportFormats } from '../domain/export/formats.ts';
import { swarmLabels } from '../domain/export/versions.ts';
import { type ExitStatus, exitStatusOf, type Failure, fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { relative } from '../domain/time.ts';
import { type Exported, exportProfile, writeExport } from '../usecases/export.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { pushToSwarm } from '../usecases/push-swarm.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine, redacted } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup export`: writes a profile down for use elsewhere. */
export const exportCommand: Command = withWait({
  options: [
    {
      flags: '--format <format>',
      summary: 'what for',
      choices: exportFormats.map(({ format }) => format),
    },
    { flags: '--to <directory>', summary: 'the directory that `apply` publishes a lease into' },
    { flags: '--image <image>', summary: 'another image than the setup image' },
    {
      flags: '--service <name>',
      summary: 'what to call it (default claude); with --push, a service to update too',
    },
    { flags: '--namespace <name>', summary: 'the Kubernetes namespace' },
    { flags: '--push', summary: 'for swarm: make the secrets and update the services now' },
    { ...jsonOption, summary: 'with --push, print JSON for scripts' },
    {
      flags: '--output <path>',
      summary: 'a new file to write, 0600; for systemd the directory of both files',
    },
  ],
  examples: [
    'claude-setup export dev --format compose > compose.claude.yaml',
    'claude-setup export dev --format systemd --output ~/.config/systemd/user',
    'claude-setup export dev --format env --output claude.env',
    'claude-setup export prod --format swarm --push',
  ],
  run: async (invocation) => {
    const { ports, io, args, signal } = invocation;
    const format = formatOf(invocation);
    if (!format.ok) return printFailure(io, format.failure);
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure);
    if (invocation.options.push === true) return push(invocation, resolved.value.profile);
    const to = textOption(invocation, 'to');
    const exported = await exportProfile(
      ports,
      {
        profile: resolved.value.profile,
        format: format.value,
        directory: to === null ? null : resolve(to),
        image: textOption(invocation, 'image'),
        service: textOption(invocation, 'service'),
        namespace: textOption(invocation, 'namespace'),
      },
      (line) => progressLine(io, line),
      signal,
    );
    if (!exported.ok) return printFailure(io, exported.failure);
    for (const line of remarks(invocation, exported.value)) progressLine(io, line);
    const output = textOption(invocation, 'output');
    if (output === null) {
      io.print(asOneText(exported.value.files));
      return 0;
    }
    const written = await writeExport(ports, exported.value.files, output);
    if (!written.ok) return printFailure(io, written.failure);
    for (const path of written.value) progressLine(io, `Wrote ${path}`);
    return 0;
  },
});

/** Options of the command that not every format has a use for. */
const particular: readonly ExportOption[] = ['to', 'image', 'service', 'namespace', 'push'];

const formatOf = (invocation: Invocation): Result<ExportFormat> => {
  const format = exportFormats.find((one) => one.format === textOption(invocation, 'format'));
  if (format === undefined) return noFormat;
  const useless = particular.find(
    (name) => invocation.options[name] !== undefined && !format.options.includes(name),
  );
  return useless === undefined
    ? ok(format)
    : fail(
        'usage',
        'Nothing was exported',
        `--${useless} makes no difference to ${format.format}`,
        'leave it out',
      );
};

/** Puts the login into the swarm instead of describing how. */
const push = async (invocation: Invocation, profile: Profile): Promise<ExitStatus> => {
  const { ports, io, options, signal } = invocation;
  const json = options.json === true;
  const conflict = ['image', 'output'].find((name) => options[name] !== undefined);
  if (conflict !== undefined) return printFailure(io, notWithPush(conflict).failure, json);
  const service = textOption(invocation, 'service');
  const pushed = await pushToSwarm(
    ports,
    { profile, services: service === null ? [] : [service] },
    (line) => progressLine(io, line),
    signal,
  );
  if (!pushed.ok) return printFailure(io, pushed.failure, json);
  const { secrets, services, removed, endsAt, warning } = pushed.value;
  if (warning !== null) progressLine(io, notRefreshed(warning));
  const failures = services.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  for (const failure of failures) printFailure(io, failure);
  if (json) {
    const report = services.map(({ name, outcome, failure }) => ({
      name,
      outcome,
      ...(failure && { error: redacted(failure) }),
    }));
    printJson(io, {
      profile: profile.name,
      endsAt: new Date(endsAt).toISOString(),
      secrets,
      services: report,
      removed,
    });
  } else {
    printLines(io, [
      ...services.flatMap(({ name, outcome }) =>
        outcome === 'failed' ? [] : [`${name} ${outcomes[outcome]}`],
      ),
      ...(services.length === 0
        ? [`No service has the label ${swarmLabels.profile}=${profile.name} yet`]
        : []),
      `The lease in the swarm ends ${relative(endsAt, ports.clock.now())}`,
      ...removed.map((name) => `Removed ${name}`),
    ]);
  }
  const [first] = failures;
  return first === undefined ? 0 : exitStatusOf(first);
};

const outcomes = { updated: 'has the new login', current: 'had it already' } as const;

const notWithPush = (name: string) =>
  fail('usage', 'Nothing was pushed', `--${name} makes no difference to --push`, 'leave it out');

const notRefreshed = (warning: Failure): string => {
  const { what, why } = redacted(warning);
  return `The login was not refreshed. ${what}: ${why}`;
};

/** What a person should know of the token that they are about to get, and what went wrong on the way. */
const remarks = (
  { ports, io, options }: Invocation,
  { tokenEndsAt, warning }: Exported,
): readonly string[] => {
  const lines = warning === null ? [] : [notRefreshed(warning)];
  if (tokenEndsAt === null) return lines;
  lines.push(`This holds an access token, which ends ${relative(tokenEndsAt, ports.clock.now())}.`);
  if (io.stdout.isTTY && options.output === undefined)
    lines.push('It is on your screen now, and in its history. Better: --output FILE, or a pipe.');
  return lines;
};

const noFormat = fail(
  'usage',
  'Nothing was exported',
  'no format was named',
  `name one: --format ${exportFormats.map(({ format }) => format).join('|')}`,
);
