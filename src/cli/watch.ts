import { randomUUID } from 'node:crypto';
import { durationOf } from '../domain/duration.ts';
import { type ExitStatus, fail, ok, type Result } from '../domain/failure.ts';
import { eventJson, eventLine } from '../domain/watch/events.ts';
import { usualMarginMs } from '../usecases/refresh.ts';
import { createWatch, requireProfiles, type WatchInput } from '../usecases/watch.ts';
import { type Command, type Invocation, textOption } from './command.ts';
import { printFailure } from './io.ts';
import { openScreens } from './open-screens.ts';

const usualIntervalMs = 5 * 60_000;

/** `claude-setup watch`: keeps profiles fresh until it is ended, or with `--once` in one pass. */
export const watchCommand: Command = {
  options: [
    { flags: '--once', summary: 'one pass, for cron; exit status 1 when a profile needs a person' },
    { flags: '--interval <time>', summary: 'how often the profiles are looked at (default 5m)' },
    { flags: '--margin <time>', summary: 'refresh when less than this is left (default 1h)' },
    {
      flags: '--on-change <command>',
      summary:
        'run this with sh when a profile has new tokens or another state; it finds CLAUDE_SETUP_PROFILE, _STATE, _PREVIOUS_STATE, _EXPIRES_AT, _LOGIN_EXPIRES_AT, _NEEDS_PERSON and _REASON in its environment, never a token',
    },
    { flags: '--metrics <file>', summary: 'write the state for Prometheus into this file' },
    { flags: '--json', summary: 'one line of JSON for each event' },
    { flags: '--plain', summary: 'lines instead of the screen, also on a terminal' },
  ],
  examples: [
    'claude-setup watch',
    'claude-setup watch dev staging --margin 2h --json',
    'claude-setup watch --once --metrics /var/lib/node_exporter/claude-setup.prom',
    'claude-setup watch --on-change \'logger "$CLAUDE_SETUP_PROFILE is $CLAUDE_SETUP_STATE"\'',
  ],
  run: async (invocation) => {
    const { ports, io, signal, args, options } = invocation;
    const json = options.json === true;
    const once = options.once === true;
    const names = args.filter((name) => name !== undefined);
    const times = timesOf(invocation);
    if (!times.ok) return printFailure(io, times.failure, json);
    const there = await requireProfiles(ports, names);
    if (!there.ok) return printFailure(io, there.failure, json);
    const input: Omit<WatchInput, 'onEvent'> = {
      names,
      ...times.value,
      seed: once ? null : randomUUID(),
      onChange: textOption(invocation, 'onChange'),
      metricsFile: textOption(invocation, 'metrics'),
    };
    if (io.interactive && !once && !json && options.plain !== true)
      return openScreens(invocation, { screen: 'watch', input });
    const line = json ? eventJson : eventLine;
    const watch = createWatch(ports, {
      ...input,
      onEvent: (event) => io.print(`${line(event, ports.clock.now())}\n`),
    });
    if (!once) {
      await watch.run(signal);
      // A signal is the way in which a watch is to end.
      return { exitCode: 0 };
    }
    const passed = await watch.pass(signal);
    if (!passed.ok) return printFailure(io, passed.failure, json);
    if (signal.aborted) return 130;
    const status: ExitStatus = passed.value.some(({ needsPerson }) => needsPerson) ? 1 : 0;
    return status;
  },
};

const timesOf = (
  invocation: Invocation,
): Result<{ readonly marginMs: number; readonly intervalMs: number }> => {
  const time = (name: string, usual: number) => {
    const text = textOption(invocation, name);
    return text === null ? usual : durationOf(text);
  };
  const [marginMs, intervalMs] = [time('margin', usualMarginMs), time('interval', usualIntervalMs)];
  if (marginMs === null || intervalMs === null || intervalMs === 0) {
    const name = marginMs === null ? '--margin' : '--interval';
    return fail(
      'usage',
      'Nothing is watched',
      `${name} is no span of time`,
      'give one such as 30m, 2h or 1d',
    );
  }
  return ok({ marginMs, intervalMs });
};
