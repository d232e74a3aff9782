import type { ExitStatus } from '../domain/failure.ts';
import { type DoctorReport, examineAll } from '../usecases/doctor.ts';
import { ask } from './ask.ts';
import { type Command, jsonOption, listOption, textOption } from './command.ts';
import { printFailure, printJson, printLines } from './io.ts';
import { openScreens } from './open-screens.ts';
import { doctorLines } from './print-doctor.ts';

/** `claude-setup doctor`: the whole picture; where something is wrong and a person is there it offers the guided screen. */
export const doctorCommand: Command = {
  options: [
    {
      flags: '--compose <file>',
      summary: 'compose file to look at (default: those of this directory)',
      repeatable: true,
    },
    { flags: '--container <name>', summary: 'why the CLI fails in this container' },
    { flags: '--plain', summary: 'never open the guided screen' },
    jsonOption,
  ],
  examples: [
    'claude-setup doctor',
    'claude-setup doctor --json',
    'claude-setup doctor --compose compose.yaml --compose compose.prod.yaml',
    'claude-setup doctor --container app-bot-1',
  ],
  run: async (invocation) => {
    const { ports, io, signal, options } = invocation;
    const json = options.json === true;
    const composeFiles = listOption(invocation, 'compose') ?? [];
    const container = textOption(invocation, 'container');
    const examined = await examineAll(ports, { composeFiles, container }, signal);
    if (!examined.ok) return printFailure(io, examined.failure, json);
    const report = examined.value;
    const status: ExitStatus = report.status === 'fail' ? 1 : 0;
    if (json) {
      printJson(io, report);
      return status;
    }
    printLines(io, doctorLines(report, { color: io.color, unicode: io.unicode, now: ports.clock.now() }));
    // Whoever asks about one container has the answer; the screen is about this machine and its profiles.
    const wanted = options.plain !== true && container === null && io.interactive;
    if (!wanted || report.status === 'pass') return status;
    const question = 'Go through it step by step in the guided screen?';
    if (!(await ask(io, question, { preset: true, signal }))) return status;
    const profile = troubledProfile(report);
    return openScreens(invocation, { screen: 'troubleshoot', profile, failure: null, composeFiles });
  },
};

/** The profile that the guided screen begins with: the first in trouble, else the default one. */
const troubledProfile = ({ profiles }: DoctorReport): string | null =>
  (['fail', 'warn'] as const)
    .map((status) => profiles.find((report) => report.status === status)?.profile ?? null)
    .find((name) => name !== null) ?? null;
