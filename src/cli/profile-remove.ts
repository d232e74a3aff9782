import { fail } from '../domain/failure.ts';
import { planRemoval, type Removal, type RemoveInput, removeProfile } from '../usecases/remove-profile.ts';
import { ask } from './ask.ts';
import { type Command, type Invocation, jsonOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';
import { withWait } from './wait.ts';

/** `claude-setup profile remove`: forgets a profile; its directory goes only when that is asked for. */
export const removeCommand: Command = withWait({
  options: [
    { flags: '--purge', summary: 'remove its directory and snapshots too, when nothing else is in it' },
    { flags: '--purge-all', summary: 'remove its directory with whatever else is in it' },
    { flags: '--yes', summary: 'do not ask' },
    jsonOption,
  ],
  examples: ['claude-setup profile remove staging', 'claude-setup profile remove staging --purge --yes'],
  run: async (invocation) => {
    const { ports, io, args, options, signal } = invocation;
    const json = options.json === true;
    if (options.yes !== true && !io.interactive) return printFailure(io, needsYes.failure, json);
    const plan = await planRemoval(ports, args[0] ?? '');
    if (!plan.ok) return printFailure(io, plan.failure, json);
    const purge = purgeOf(invocation, plan.value);
    if (options.yes !== true && !(await ask(io, question(plan.value, purge), { preset: false, signal }))) {
      progressLine(io, 'Nothing was removed.');
      return 1;
    }
    const { profile } = plan.value;
    const done = await removeProfile(ports, { profile, purge }, (line) => progressLine(io, line), signal);
    if (!done.ok) return printFailure(io, done.failure, json);
    const { purged, kept, notes } = done.value;
    if (json) printJson(io, { name: profile.name, authDir: profile.authDir, purged, kept, notes });
    else {
      printLines(io, [
        `Removed ${profile.name}${purged ? `, and ${profile.authDir} with its snapshots` : ''}`,
        ...kept.map((what) => `Kept: ${what}`),
        ...notes.map((note) => `Mind: ${note}`),
      ]);
    }
    return 0;
  },
});

/** Whoever is asked is shown what else is there, so a yes is about that too. */
const purgeOf = ({ options }: Invocation, { others }: Removal): RemoveInput['purge'] => {
  if (options.purgeAll === true) return 'everything';
  if (options.purge !== true) return 'nothing';
  return others.length > 0 && options.yes !== true ? 'everything' : 'captured';
};

const question = ({ profile, others, snapshots }: Removal, purge: RemoveInput['purge']): string => {
  const { name, authDir } = profile;
  if (purge === 'nothing') return `Remove the profile ${name}? Its login stays in ${authDir}.`;
  const also =
    others.length > 0
      ? `In ${authDir} are things that no capture made: ${others.slice(0, 8).join(', ')}${others.length > 8 ? ' …' : ''}. `
      : '';
  const count =
    snapshots === 1 ? ' and its snapshot' : snapshots > 1 ? ` and its ${snapshots} snapshots` : '';
  return `${also}Remove the profile ${name} with ${authDir}, all that is in it${count}? There is no way back.`;
};

const needsYes = fail(
  'usage',
  'Nothing was removed',
  'nobody is here to say yes',
  'add --yes to remove it without a question',
);
