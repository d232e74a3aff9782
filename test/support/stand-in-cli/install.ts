import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('stand-in.js', import.meta.url));

/**
 * Writes an executable `claude` into `directory` that runs the stand-in with these switches (see stand-in.js).
 * Returns its path; put the directory first on the PATH.
 */
export const installStandIn = async (
  directory: string,
  switches: Readonly<Record<`STAND_IN_${string}`, string>> = {},
): Promise<string> => {
  const path = join(directory, 'claude');
  const exports = Object.entries(switches).map(([name, value]) => `export ${name}='${value}'\n`);
  await mkdir(directory, { recursive: true });
  await writeFile(path, `#!/bin/sh\n${exports.join('')}exec '${process.execPath}' '${program}' "$@"\n`);
  await chmod(path, 0o755);
  return path;
};
