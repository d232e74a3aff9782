import type { ExitStatus } from '../domain/failure.ts';
import { checkDirectory } from '../usecases/check.ts';
import type { Invocation } from './command.ts';
import { printFailure, printLines } from './io.ts';
import { openScreens } from './open-screens.ts';

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
    return openScreens(invocation, start);
  }
  if (profiles.length === 0) {
    printLines(io, ['Nobody has signed in here yet.', 'Next, in a terminal: claude-setup login']);
    return 0;
  }
  const reports = await Promise.all(
    profiles.map((profile) =>
      checkDirectory(ports, { authDir: profile.authDir, profile: profile.name, live: null }),
    ),
  );
  const troubled = reports.find((report) => report.status === 'fail');
  printLines(io, [
    ...reports.map((report) => `${report.profile}: ${report.status}`),
    troubled === undefined
      ? 'Next: claude-setup check --all'
      : `Next: claude-setup check ${troubled.profile}`,
  ]);
  return 0;
};
