import { resolve } from 'node:path';
import { fail, failureLine, ok, type Result } from '../domain/failure.ts';
import type { Owner } from '../domain/publication.ts';
import { relative } from '../domain/time.ts';
import { apply } from '../usecases/apply.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { type Command, jsonOption, listOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine, redacted } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup apply`: publishes a login into a directory that containers mount. */
export const applyCommand: Command = withWait({
  options: [
    { flags: '--to <directory>', summary: 'the directory that containers mount; made when it is not there' },
    {
      flags: '--full',
      summary:
        'with the refresh token, for one holder at a time: whoever reads the directory has the login for weeks, and a copy of it elsewhere signs everybody out',
    },
    {
      flags: '--owner <uid[:gid]>',
      summary: 'who owns the files, for a container whose user is not you; only root can give files away',
    },
    {
      flags: '--restart <service>',
      summary: 'restart this compose service afterwards, as SERVICE or PROJECT/SERVICE',
      repeatable: true,
    },
    { flags: '--file <compose file>', summary: 'only services that were started from this file' },
    jsonOption,
  ],
  examples: [
    'claude-setup apply dev --to /srv/claude/dev',
    'claude-setup apply dev --to /srv/claude/dev --owner 1000:1000',
    'claude-setup apply staging --to ./claude --restart api --restart worker --file compose.yaml',
  ],
  run: async (invocation) => {
    const { ports, io, signal, args, options } = invocation;
    const json = options.json === true;
    const to = textOption(invocation, 'to');
    if (to === null) return printFailure(io, noDirectory.failure, json);
    const owner = ownerOption(textOption(invocation, 'owner'));
    if (!owner.ok) return printFailure(io, owner.failure, json);
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, json);
    const { profile } = resolved.value;
    const file = textOption(invocation, 'file');
    const full = options.full === true;
    const applied = await apply(
      ports,
      {
        profile,
        directory: resolve(to),
        full,
        owner: owner.value,
        restart: listOption(invocation, 'restart') ?? [],
        composeFile: file === null ? null : resolve(file),
      },
      (line) => progressLine(io, line),
      signal,
    );
    if (!applied.ok) return printFailure(io, applied.failure, json);
    const { directory, outcome, expiresAt, warning, restarted } = applied.value;
    if (warning !== null) progressLine(io, `Not refreshed first: ${failureLine(redacted(warning))}`);
    if (json) {
      const expires = expiresAt > 0 ? new Date(expiresAt).toISOString() : null;
      printJson(io, { profile: profile.name, directory, full, outcome, expiresAt: expires, restarted });
      return 0;
    }
    const what = full ? 'the full login' : 'a lease';
    const end = expiresAt > 0 ? `; the access token ends ${relative(expiresAt, ports.clock.now())}` : '';
    printLines(io, [
      outcome === 'written'
        ? `${directory} has ${what} of ${profile.name}${end}`
        : `${directory} had the newest tokens of ${profile.name}${end}`,
      ...restarted.map((service) => `Restarted ${service}`),
      ...(full ? ['It is the only other holder: copy it nowhere, and end it with claude-setup unapply'] : []),
      `Mount it where the CLI looks, and keep it fresh: claude-setup watch ${profile.name}`,
    ]);
    return 0;
  },
});

const ownerOption = (text: string | null): Result<Owner | null> => {
  if (text === null) return ok(null);
  const [, uid, gid] = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(text) ?? [];
  return uid === undefined
    ? fail('usage', 'Nothing was published', '--owner is no user', 'give numbers, such as 1000 or 1000:1000')
    : ok({ uid: Number(uid), gid: Number(gid ?? uid) });
};

const noDirectory = fail(
  'usage',
  'Nothing was published',
  'no directory was named',
  'name the one that containers mount with --to',
);
