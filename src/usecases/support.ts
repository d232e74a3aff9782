import { ok, type Result } from '../domain/failure.ts';
import { redactDeep } from '../domain/redact-deep.ts';
import type { Ports } from '../ports/ports.ts';
import { type DoctorReport, examineAll } from './doctor.ts';

/** How much of the debug log goes into a bundle. */
const logLines = 500;

export interface SupportInput {
  /** The versions of this program and of what it runs on. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What somebody sends with a bug report. No token, code or e-mail address is in it; paths are. */
export interface SupportBundle {
  readonly about: 'claude-setup support bundle';
  readonly createdAt: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly platform: string;
  readonly configuration: unknown;
  /** Null when it could not be made; `failure` says why. */
  readonly findings: unknown;
  readonly failure: unknown;
  readonly log: readonly unknown[];
}

/** A part of the bundle in a line, for the person who decides whether to send it. */
export const bundleContents = ({ log }: SupportBundle): readonly string[] => [
  'versions of claude-setup, Node and this system',
  'the configuration, with the paths in it and without passwords of proxies',
  'what doctor finds: engine, image, profiles, mounts, clock, disk; accounts left out',
  log.length === 0
    ? 'no debug log: none was written (claude-setup --debug writes one)'
    : `the last ${log.length} lines of the debug log`,
];

/** Gathers a bundle for a bug report. Nothing of it is written anywhere. */
export const gatherSupport = async (
  ports: Ports,
  { versions }: SupportInput,
  signal: AbortSignal,
): Promise<Result<SupportBundle>> => {
  const [config, examined, log] = await Promise.all([
    ports.settings.load(),
    examineAll(ports, { composeFiles: [], container: null }, signal),
    ports.logReader.tail(logLines),
  ]);
  if (!examined.ok && examined.failure.code === 'interrupted') return examined;
  return ok({
    about: 'claude-setup support bundle',
    createdAt: new Date(ports.clock.now()).toISOString(),
    versions,
    platform: ports.host.platform,
    configuration: clean(config.ok ? config.value : { failure: config.failure }),
    findings: examined.ok ? clean(withoutAccounts(examined.value)) : null,
    failure: examined.ok ? null : clean(examined.failure),
    log: log.map((line) => clean(parsed(line))),
  });
};

const withoutAccounts = (report: DoctorReport): unknown => ({
  ...report,
  profiles: report.profiles.map((profile) => ({
    ...profile,
    account: { ...profile.account, email: null, organization: null },
  })),
});

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
};

const addresses = /[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g;

/** Takes secrets and e-mail addresses out of every text of a value. */
const clean = (value: unknown): unknown => redactDeep(value, (text) => text.replaceAll(addresses, '…@…'));
