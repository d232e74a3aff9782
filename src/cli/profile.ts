import { resolve } from 'node:path';
import type { Profile, RuntimeKind } from '../domain/profile.ts';
import { runtimeKinds } from '../domain/profile.ts';
import { checkDirectory } from '../usecases/check.ts';
import { checkProfiles } from '../usecases/check-profiles.ts';
import { shareLogin } from '../usecases/import-profile.ts';
import { addProfile, resolveProfile } from '../usecases/profiles.ts';
import { type Command, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { reportLines } from './print-report.ts';
import { profileLines } from './profile-lines.ts';
import { sealedLine, sealIfAsked } from './seal.ts';

export const list: Command = {
  options: [jsonOption],
  examples: ['claude-setup profile list', 'claude-setup profile list --json'],
  run: async ({ ports, io, options }) => {
    const config = await ports.settings.load();
    if (!config.ok) return printFailure(io, config.failure, options.json === true);
    const { profiles, defaultProfile } = config.value;
    const reports = await checkProfiles(ports, profiles);
    if (options.json) {
      printJson(
        io,
        profiles.map((profile, place) => {
          const { status, account, token } = reports[place] ?? {};
          return { ...describe(profile, defaultProfile), status, account, token };
        }),
      );
    } else if (profiles.length === 0)
      printLines(io, ['There is no profile yet. Make one: claude-setup login']);
    else printLines(io, profileLines(config.value, reports, ports.clock.now()));
    return 0;
  },
};

export const show: Command = {
  options: [jsonOption],
  examples: ['claude-setup profile show', 'claude-setup profile show staging --json'],
  run: async ({ ports, io, args, options }) => {
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, options.json === true);
    const { profile, reason } = resolved.value;
    const config = await ports.settings.load();
    const report = await checkDirectory(ports, {
      authDir: profile.authDir,
      profile: profile.name,
      live: null,
    });
    const shown = { ...describe(profile, config.ok ? config.value.defaultProfile : null), reason };
    const publications = ((config.ok && config.value.publications) || [])
      .filter((publication) => publication.profile === profile.name)
      .map(({ directory, full }) => ({ directory, full }));
    const { status, account, token } = report;
    if (options.json) printJson(io, { ...shown, status, account, token, publications });
    else {
      printLines(io, [
        `Profile    ${shown.name} (${reason})`,
        `Directory  ${shown.authDir}`,
        `Runtime    ${shown.runtime}`,
        ...publications.map(
          ({ directory, full }) => `Published  ${directory} (${full ? 'the full login' : 'a lease'})`,
        ),
        '',
        ...reportLines(report, { color: io.color, unicode: io.unicode, now: ports.clock.now() }),
      ]);
    }
    return 0;
  },
};

export const add: Command = {
  options: [
    { flags: '--dir <directory>', summary: 'its auth directory' },
    { flags: '--runtime <runtime>', summary: 'where the CLI runs', choices: runtimeKinds },
    { flags: '--sealed', summary: 'keep it in one encrypted file (profile seal)' },
    { flags: '--use-occupied', summary: 'use the directory even when it holds other things' },
    jsonOption,
  ],
  examples: ['claude-setup profile add staging', 'claude-setup profile add old --dir ~/.claude-hub'],
  run: async (invocation) => {
    const { ports, io, args, options } = invocation;
    const dir = textOption(invocation, 'dir');
    const added = await addProfile(ports, {
      name: args[0] ?? '',
      authDir: dir === null ? null : resolve(dir),
      runtime: (textOption(invocation, 'runtime') ?? 'docker') as RuntimeKind,
      allowOccupied: options.useOccupied === true,
    });
    if (!added.ok) return printFailure(io, added.failure, options.json === true);
    const { profile, directory } = added.value;
    const sealed = await sealIfAsked(invocation, profile);
    if (!sealed.ok) return printFailure(io, sealed.failure, options.json === true);
    if (options.json) printJson(io, { ...profile, directory, sealed: sealed.value });
    else {
      const next = directory === 'captured' ? `check ${profile.name}` : `login ${profile.name}`;
      const sharing = await shareLogin(ports, profile);
      printLines(io, [
        directory === 'captured'
          ? `Added ${profile.name}, with the login that is in ${profile.authDir}`
          : `Added ${profile.name} with ${profile.authDir}`,
        ...(sealed.value === null ? [] : [sealedLine(profile, sealed.value)]),
        ...(sharing === null ? [] : [`Mind: ${sharing}`]),
        `Next: claude-setup ${next}`,
      ]);
    }
    return 0;
  },
};

const describe = ({ name, authDir, runtime }: Profile, defaultProfile: string | null) => ({
  name,
  default: name === defaultProfile,
  authDir,
  runtime,
});
