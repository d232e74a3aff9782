import { arch, release } from 'node:os';
import { fail } from '../domain/failure.ts';
import { plainJson } from '../domain/plain-text.ts';
import { bundleContents, gatherSupport } from '../usecases/support.ts';
import { version } from '../version.ts';
import { ask } from './ask.ts';
import { type Command, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';

/** `claude-setup support`: a redacted bundle for a bug report. It says what is in it before it is written. */
export const supportCommand: Command = {
  options: [
    { flags: '--output <file>', summary: 'the file to write; an existing one is never overwritten' },
    { flags: '--yes', summary: 'write it without asking' },
    jsonOption,
  ],
  examples: [
    'claude-setup support --output support.json',
    'claude-setup support --output support.json --yes',
  ],
  run: async (invocation) => {
    const { ports, io, options, signal } = invocation;
    const json = options.json === true;
    const output = textOption(invocation, 'output');
    if (output === null) return printFailure(io, noFile.failure, json);
    if (options.yes !== true && !io.interactive) return printFailure(io, needsYes.failure, json);
    const versions = {
      'claude-setup': version,
      node: process.versions.node,
      system: `${release()} ${arch()}`,
    };
    const bundle = await gatherSupport(ports, { versions }, signal);
    if (!bundle.ok) return printFailure(io, bundle.failure, json);
    const contents = bundleContents(bundle.value);
    progressLine(io, `${output} will hold:`);
    for (const line of contents) progressLine(io, `  - ${line}`);
    progressLine(io, 'No token, sign-in code or e-mail address is in it. Nothing is sent anywhere.');
    if (options.yes !== true && !(await ask(io, 'Write it?', { preset: true, signal }))) {
      progressLine(io, 'Nothing was written.');
      return 1;
    }
    const written = await ports.outputFiles.writeNew(output, `${plainJson(bundle.value, 2)}\n`);
    if (!written.ok) return printFailure(io, written.failure, json);
    if (json) printJson(io, { path: written.value.path, contents });
    else printLines(io, [`Wrote ${written.value.path}`]);
    return 0;
  },
};

const noFile = fail(
  'usage',
  'No bundle was written',
  'it goes to a file, and none was named',
  'name one: claude-setup support --output support.json',
);

const needsYes = fail(
  'usage',
  'No bundle was written',
  'nobody is here to say yes',
  'add --yes to write it without a question',
);
