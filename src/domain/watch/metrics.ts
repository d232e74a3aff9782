import type { ProfileStatus } from './state.ts';

/** Escapes a label's value (source: Prometheus text format, "Comments, help text, and type information"). */
const label = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', String.raw`\n`).replaceAll('"', String.raw`\"`);

const seconds = (moment: number | null): number | null => (moment === null ? null : moment / 1000);

interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Null leaves the profile out: what is not known is not said to be 0. */
  readonly value: (status: ProfileStatus) => number | null;
}

const metrics: readonly Metric[] = [
  {
    name: 'claude_setup_access_token_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the access token ends.',
    value: ({ expiresAt }) => seconds(expiresAt),
  },
  {
    name: 'claude_setup_login_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When the login itself ends, however often it is refreshed.',
    value: ({ loginExpiresAt }) => seconds(loginExpiresAt),
  },
  {
    name: 'claude_setup_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the profile was last found fresh or refreshed.',
    value: ({ lastSuccessAt }) => seconds(lastSuccessAt),
  },
  {
    name: 'claude_setup_refresh_failures_total',
    type: 'counter',
    help: 'Refreshes that failed since the watch began.',
    value: ({ failures }) => failures,
  },
  {
    name: 'claude_setup_needs_person',
    type: 'gauge',
    help: 'Whether somebody has to do something, such as sign in again.',
    value: ({ needsPerson }) => Number(needsPerson),
  },
];

/** The profiles in the text format of Prometheus. `now` is when they were looked at. */
export const metricsText = (statuses: readonly ProfileStatus[], now: number): string => {
  const lines = metrics.flatMap(({ name, type, help, value }) => {
    const samples = statuses.flatMap((status) => {
      const sample = value(status);
      return sample === null ? [] : [`${name}{profile="${label(status.profile)}"} ${sample}`];
    });
    return samples.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
  });
  const last = 'claude_setup_watch_timestamp_seconds';
  return `${[...lines, `# HELP ${last} When the profiles were last looked at.`, `# TYPE ${last} gauge`, `${last} ${now / 1000}`].join('\n')}\n`;
};
