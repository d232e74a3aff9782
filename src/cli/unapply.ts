import { resolve } from 'node:path';
import { resolveProfile } from '../usecases/profiles.ts';
import { unapply } from '../usecases/unapply.ts';
import { type Command, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup unapply`: takes published files back. */
export const unapplyCommand: Command = withWait({
  options: [{ flags: '--to <directory>', summary: 'only this directory, instead of all' }, jsonOption],
  examples: ['claude-setup unapply dev', 'claude-setup unapply dev --to /srv/claude/dev --json'],
  run: async (invocation) => {
    const { ports, io, signal, args, options } = invocation;
    const json = options.json === true;
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, json);
    const to = textOption(invocation, 'to');
    const { profile } = resolved.value;
    const done = await unapply(ports, { profile, directory: to === null ? null : resolve(to) }, signal);
    if (!done.ok) return printFailure(io, done.failure, json);
    if (json) printJson(io, done.value);
    else {
      printLines(
        io,
        done.value.flatMap(({ directory, removed, left }) => [
          `${directory} is no longer kept fresh with ${profile.name}${removed.length > 0 ? `; removed ${removed.join(' and ')}` : ''}`,
          ...(left.length > 0 ? [`Left there, since it is not as it was written: ${left.join(', ')}`] : []),
        ]),
      );
    }
    return 0;
  },
});
