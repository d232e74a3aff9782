import { fail } from '../domain/failure.ts';
import { makeDefault, pinProfile, usedInstead } from '../usecases/profiles.ts';
import { type Command, jsonOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { openScreens } from './open-screens.ts';

/** `claude-setup use`: makes a profile the default, or with `--here` that of a project; without a name the picker. */
export const useCommand: Command = {
  options: [
    { flags: '--here', summary: 'only in this directory and below it: writes .claude-setup' },
    jsonOption,
  ],
  examples: ['claude-setup use', 'claude-setup use staging', 'claude-setup use staging --here'],
  run: async (invocation) => {
    const { ports, io, args, options } = invocation;
    const json = options.json === true;
    const [name] = args;
    if (name === undefined) {
      if (io.interactive && !json && options.here !== true)
        return openScreens(invocation, { screen: 'picker' });
      return printFailure(io, needsName.failure, json);
    }
    if (options.here === true) {
      const here = await pinProfile(ports, name);
      if (!here.ok) return printFailure(io, here.failure, json);
      if (json) printJson(io, { name, path: here.value.path });
      else printLines(io, [`${name} is the profile here now: ${here.value.path} says so`]);
      return 0;
    }
    const used = await makeDefault(ports, name);
    if (!used.ok) return printFailure(io, used.failure, json);
    const instead = await usedInstead(ports, name);
    const { authDir, runtime } = used.value;
    if (json) printJson(io, { name, default: true, authDir, runtime, note: instead });
    else printLines(io, [`${name} is the default profile now`, ...(instead === null ? [] : [instead])]);
    return 0;
  },
};

const needsName = fail(
  'usage',
  'No profile was chosen',
  'none was named, and there is no terminal to pick one in',
  'name one: claude-setup use NAME; claude-setup profile list shows them',
);
