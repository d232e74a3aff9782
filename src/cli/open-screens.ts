import type { ExitStatus } from '../domain/failure.ts';
import type { Start } from '../tui/run-tui.tsx';
import type { Invocation } from './command.ts';

/** Opens the screens. They are loaded only here, so that no other command pays for them. */
export const openScreens = async ({ ports, io, signal }: Invocation, start: Start): Promise<ExitStatus> => {
  const { runTui } = await import('../tui/run-tui.tsx');
  return runTui({
    ports,
    start,
    stdin: io.stdin,
    stdout: io.stdout,
    stderr: io.stderr,
    env: ports.host.env,
    signal,
  });
};
