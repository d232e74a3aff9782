import type { CheckReport } from '../domain/checks/report.ts';
import type { ExitStatus } from '../domain/failure.ts';
import { needsPerson } from '../domain/profile-health.ts';
import { checkProfiles } from '../usecases/check-profiles.ts';
import type { Invocation } from './command.ts';
import { printFailure, printLines } from './io.ts';
import { profileLines, rollUpLine } from './profile-lines.ts';

/** `claude-setup` alone: the wizard on first use, else the dashboard; without a terminal a summary and the next command. */
export const home = async (invocation: Invocation): Promise<ExitStatus> => {
  const { ports, io } = invocation;
  const config = await ports.settings.load();
  if (!config.ok) return printFailure(io, config.failure);
  const { profiles, wizard } = config.value;
  // A first use that was left before its end goes on where it was.
  const firstUse = profiles.length === 0 || (profiles.length === 1 && wizard != null);
  if (io.interactive) {
    const start = firstUse
      ? ({ screen: 'wizard', profile: null, runtime: null } as const)
      : ({ screen: 'dashboard' } as const);
    const { openScreens } = await import('./open-screens.ts');
    return openScreens(invocation, start);
  }
  if (profiles.length === 0) {
    printLines(io, ['Nobody has signed in here yet.', 'Next, in a terminal: claude-setup login']);
    return 0;
  }
  const reports = await checkProfiles(ports, profiles);
  printLines(io, [
    ...profileLines(config.value, reports, ports.clock.now()),
    '',
    rollUpLine(reports),
    `Next: ${nextCommand(reports)}`,
  ]);
  return 0;
};

/** What mends the worst of it. */
const nextCommand = (reports: readonly CheckReport[]): string => {
  const worst = reports.find(needsPerson) ?? reports.find(({ status }) => status !== 'pass');
  return worst === undefined ? 'claude-setup check --all' : `claude-setup check ${worst.profile}`;
};
