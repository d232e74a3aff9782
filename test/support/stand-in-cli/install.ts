import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { standInProgram } from './program.ts';

/**
 * Writes an executable `claude` into `directory` that runs the stand-in with these switches (see stand-in.ts).
 * Returns its path; put the directory first on the PATH.
 */
export const installStandIn = async (
  directory: string,
  switches: Readonly<Record<`STAND_IN_${string}`, string>> = {},
): Promise<string> => {
  const path = join(directory, 'claude');
  const program = join(directory, 'stand-in.mjs');
  const exports = Object.entries(switches).map(([name, value]) => `export ${name}='${value}'\n`);
  await mkdir(directory, { recursive: true });
  await writeFile(program, await standInProgram());
  await writeFile(path, `#!/bin/sh\n${exports.join('')}exec '${process.execPath}' '${program}' "$@"\n`);
  await chmod(path, 0o755);
  return path;
};
