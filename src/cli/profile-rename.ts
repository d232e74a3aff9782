import { renameProfile } from '../usecases/rename-profile.ts';
import { type Command, jsonOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup profile rename`: another name; the directory stays where containers mount it. */
export const renameCommand: Command = withWait({
  options: [jsonOption],
  examples: ['claude-setup profile rename staging rehearsal'],
  run: async ({ ports, io, args, options, signal }) => {
    const [name = '', newName = ''] = args;
    const done = await renameProfile(ports, { name, newName }, (line) => progressLine(io, line), signal);
    if (!done.ok) return printFailure(io, done.failure, options.json === true);
    const { profile, stale } = done.value;
    if (options.json) printJson(io, { ...profile, renamedFrom: name, note: stale });
    else {
      printLines(io, [
        `${name} is called ${newName} now; its login stays in ${profile.authDir}`,
        ...(stale === null ? [] : [`Mind: ${stale}`]),
      ]);
    }
    return 0;
  },
});
