import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const entryPoint = fileURLToPath(new URL('stand-in.ts', import.meta.url));

let made: Promise<string> | null = null;

/** The stand-in of the Claude CLI in one file, a module that every Node of ours can run. */
export const standInProgram = (): Promise<string> => {
  made ??= build({
    entryPoints: [entryPoint],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
  }).then(({ outputFiles: [file] }) => file?.text ?? '');
  return made;
};
