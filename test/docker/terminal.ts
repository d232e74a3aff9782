/// <reference types="node-pty" />
import { createRequire } from 'node:module';
import type { spawn as Spawn } from '@lydell/node-pty';

// The typings of node-pty's build with binaries are declared under that build's own name.
const nodePty: { readonly spawn: typeof Spawn } = createRequire(import.meta.url)('node-pty');

/** A program on a pseudo-terminal of its own, and what it showed so far. */
export const openTerminal = (file: string, args: readonly string[]) => {
  const terminal = nodePty.spawn(file, [...args], { cols: 80, rows: 24 });
  let shown = '';
  terminal.onData((text) => {
    shown += text;
  });
  return {
    terminal,
    shown: () => shown,
    exit: new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode))),
  };
};
