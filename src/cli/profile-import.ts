import { resolve } from 'node:path';
import { type RuntimeKind, runtimeKinds } from '../domain/profile.ts';
import { checkDirectory } from '../usecases/check.ts';
import { importProfile } from '../usecases/import-profile.ts';
import { type Command, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { reportLines } from './print-report.ts';
import { withWait } from './wait.ts';

/** `claude-setup profile import`: a profile of a directory that holds a login already. */
export const importCommand: Command = withWait({
  options: [
    { flags: '--name <name>', summary: 'its name (default: what the directory suggests)' },
    { flags: '--copy', summary: 'copy it, and leave the directory as it is' },
    { flags: '--runtime <runtime>', summary: 'where the CLI runs', choices: runtimeKinds },
    jsonOption,
  ],
  examples: [
    'claude-setup profile import ~/.claude-hub',
    'claude-setup profile import ~/.claude --name mine',
    'claude-setup profile import /srv/old-login --name ci --copy',
  ],
  run: async (invocation) => {
    const { ports, io, args, options, signal } = invocation;
    const json = options.json === true;
    const input = {
      directory: resolve(args[0] ?? ''),
      name: textOption(invocation, 'name'),
      copy: options.copy === true,
      runtime: (textOption(invocation, 'runtime') ?? 'docker') as RuntimeKind,
    };
    const done = await importProfile(ports, input, signal);
    if (!done.ok) return printFailure(io, done.failure, json);
    const { profile, notes } = done.value;
    const { name, authDir, runtime } = profile;
    const report = await checkDirectory(ports, { authDir, profile: name, live: null });
    if (json) printJson(io, { name, authDir, runtime, notes, report });
    else {
      printLines(io, [
        input.copy
          ? `Copied ${input.directory} to ${authDir}, the profile ${name}`
          : `${authDir} is the profile ${name} now`,
        ...notes.map((note) => `- ${note}`),
        '',
        ...reportLines(report, { color: io.color, unicode: io.unicode, now: ports.clock.now() }),
      ]);
    }
    return 0;
  },
});
