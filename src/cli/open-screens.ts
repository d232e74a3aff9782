import type { ExitStatus } from '../domain/failure.ts';
import type { Ports } from '../ports/ports.ts';
import type { Start } from '../tui/run-tui.tsx';
import { checkDirectory } from '../usecases/check.ts';
import { resolveProfile, usedInstead } from '../usecases/profiles.ts';
import type { Invocation } from './command.ts';
import { printLines } from './io.ts';
import { reportLines } from './print-report.ts';

/**
 * Opens the screens. They are loaded only here, so that no other command pays for them. What they ended with is left
 * on the normal screen, since theirs is gone.
 */
export const openScreens = async ({ ports, io, signal }: Invocation, start: Start): Promise<ExitStatus> => {
  const [{ runTui }, first] = await Promise.all([
    import('../tui/run-tui.tsx'),
    withFirstPicture(ports, start, signal),
  ]);
  const end = await runTui({
    ports,
    start: first,
    stdin: io.stdin,
    stdout: io.stdout,
    stderr: io.stderr,
    env: ports.host.env,
    signal,
  });
  if (end.outcome === 'completed' && end.profile !== null) {
    const say = start.screen === 'picker' ? pickedLines : profileReport;
    printLines(io, await say({ ports, io }, end.profile));
  }
  return end.exitStatus;
};

const withFirstPicture = async (ports: Ports, start: Start, signal: AbortSignal): Promise<Start> => {
  if (start.screen !== 'wizard') return start;
  const { openWizardAtOnce } = await import('../tui/open-wizard.ts');
  return { ...start, opened: await openWizardAtOnce(ports, start, signal) };
};

type Outside = Pick<Invocation, 'ports' | 'io'>;

const pickedLines = async ({ ports }: Outside, profile: string): Promise<readonly string[]> => {
  const instead = await usedInstead(ports, profile);
  return [`${profile} is the default profile now`, ...(instead === null ? [] : [instead])];
};

const profileReport = async ({ ports, io }: Outside, profile: string): Promise<readonly string[]> => {
  const resolved = await resolveProfile(ports, profile);
  if (!resolved.ok) return [];
  const { authDir, name } = resolved.value.profile;
  const report = await checkDirectory(ports, { authDir, profile: name, live: null });
  return reportLines(report, { color: io.color, unicode: io.unicode, now: ports.clock.now() });
};
