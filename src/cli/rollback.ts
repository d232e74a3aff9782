import { zoned } from '../domain/time.ts';
import type { Snapshot } from '../ports/auth-store.ts';
import { checkDirectory } from '../usecases/check.ts';
import { resolveProfile } from '../usecases/profiles.ts';
import { rollBack } from '../usecases/rollback.ts';
import { type Command, type Invocation, jsonOption, textOption } from './command.ts';
import { printFailure, printJson, printLines, progressLine } from './io.ts';
import { reportLines } from './print-report.ts';
import { tableLines } from './table.ts';
import { withWait } from './wait.ts';

/** `claude-setup rollback`: a profile as it was before a capture. */
export const rollbackCommand: Command = withWait({
  options: [
    { flags: '--to <id>', summary: 'this snapshot instead of the newest' },
    { flags: '--list', summary: 'only list the snapshots, newest first' },
    jsonOption,
  ],
  examples: [
    'claude-setup rollback dev',
    'claude-setup rollback dev --list',
    'claude-setup rollback dev --to 2026-11-24T10-00-00.000Z',
  ],
  run: async (invocation) => {
    const { ports, io, args, options, signal } = invocation;
    const json = options.json === true;
    const resolved = await resolveProfile(ports, args[0] ?? null);
    if (!resolved.ok) return printFailure(io, resolved.failure, json);
    const { profile } = resolved.value;
    if (options.list === true) {
      const snapshots = await ports.store.snapshots(profile.authDir);
      if (!snapshots.ok) return printFailure(io, snapshots.failure, json);
      list(invocation, snapshots.value);
      return 0;
    }
    const done = await rollBack(ports, { profile, id: textOption(invocation, 'to') }, signal);
    if (!done.ok) return printFailure(io, done.failure, json);
    const { snapshot, recovered } = done.value;
    if (recovered !== null) progressLine(io, recovered.summary);
    const report = await checkDirectory(ports, {
      authDir: profile.authDir,
      profile: profile.name,
      live: null,
    });
    if (json) printJson(io, { snapshot: described(snapshot), report });
    else {
      printLines(io, [
        `${profile.authDir} is as it was at ${zoned(snapshot.takenAt)}; what was there now is the newest snapshot`,
        '',
        ...reportLines(report, { color: io.color, unicode: io.unicode, now: ports.clock.now() }),
      ]);
    }
    return report.status === 'fail' ? 1 : 0;
  },
});

const described = ({ id, takenAt }: Snapshot) => ({ id, takenAt: new Date(takenAt).toISOString() });

const list = ({ io, options }: Invocation, snapshots: readonly Snapshot[]): void => {
  if (options.json === true) printJson(io, snapshots.map(described));
  else if (snapshots.length === 0) printLines(io, ['There is no snapshot.']);
  else {
    const rows = snapshots.map(({ id, takenAt }) => [id, zoned(takenAt)]);
    printLines(io, tableLines(['ID', 'TAKEN'], rows));
  }
};
