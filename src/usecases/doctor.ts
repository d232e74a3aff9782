import type { CheckReport, FindingStatus, Health } from '../domain/checks/report.ts';
import { type Config, testedCliVersion } from '../domain/config.ts';
import { ok, type Result } from '../domain/failure.ts';
import { leftJobs } from '../domain/job.ts';
import type { MountFinding } from '../domain/mounts/mounts.ts';
import { littleSpaceBytes, skewLimitMs } from '../domain/playbooks/host-playbooks.ts';
import type { Picture } from '../domain/playbooks/picture.ts';
import { relative, span } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import { type ContainerVerdict, examineContainer } from './container.ts';
import { examineProfile, examineSurroundings, type Surroundings } from './examine.ts';

export const doctorIds = [
  'engine',
  'image',
  'clock',
  'compose',
  'runs',
  'disk',
  'capture',
  'refresh',
] as const;

/** One line about this machine, or about the disk and the unfinished work of a profile. */
export interface DoctorFinding {
  readonly id: (typeof doctorIds)[number];
  /** Null for what is the same for all profiles. */
  readonly profile: string | null;
  readonly status: FindingStatus;
  readonly summary: string;
  readonly fix: string;
}

/** What `doctor --json` prints, its keys in this order. */
export interface DoctorReport {
  readonly status: Health;
  readonly findings: readonly DoctorFinding[];
  readonly profiles: readonly CheckReport[];
  readonly mounts: readonly MountFinding[];
  /** Null unless a container was asked about. */
  readonly container: ContainerVerdict | null;
}

export interface DoctorInput {
  readonly composeFiles: readonly string[];
  /** A container that somebody asks about; null for none. */
  readonly container: string | null;
}

/** Looks at everything once. Trouble is in the report; a failure is a broken configuration or an unknown container. */
export const examineAll = async (
  ports: Ports,
  { composeFiles, container }: DoctorInput,
  signal: AbortSignal,
): Promise<Result<DoctorReport>> => {
  const loaded = await ports.settings.load();
  if (!loaded.ok) return loaded;
  const config = loaded.value;
  const [surroundings, verdict] = await Promise.all([
    examineSurroundings(ports, { config, composeFiles }, signal),
    container === null ? ok(null) : examineContainer(ports, { container, config }, signal),
  ]);
  if (!verdict.ok) return verdict;
  const left = await removeLeftRuns(surroundings);
  const pictures = await Promise.all(
    config.profiles.map((profile) => examineProfile(ports, surroundings, profile, null)),
  );
  const report = {
    findings: [
      engineFinding(surroundings, config),
      imageFinding(surroundings, config, ports.clock.now()),
      clockFinding(surroundings),
      composeFinding(surroundings),
      ...(left === 0 ? [] : [shared('runs', pass(leftJobs(left)))]),
      ...pictures.flatMap(profileFindings),
    ],
    profiles: pictures.flatMap(({ report }) => (report === null ? [] : [report])),
    mounts: surroundings.mounts.findings,
    container: verdict.value,
  };
  return ok({ status: worst(report), ...report });
};

const worst = ({ findings, profiles, mounts, container }: Omit<DoctorReport, 'status'>): Health => {
  const statuses = [
    ...[...findings, ...profiles, ...mounts, ...(container?.mounts ?? [])].map(({ status }) => status),
    ...(container?.errors.length ? ['fail'] : []),
  ];
  return statuses.includes('fail') ? 'fail' : statuses.includes('warn') ? 'warn' : 'pass';
};

/** Commands of `run` whose claude-setup was killed go at once: their output reaches nobody, and they hold leases. */
const removeLeftRuns = async ({ runtimes }: Surroundings): Promise<number> => {
  const removed = [await runtimes.sandbox.removeLeftJobs(), await runtimes.docker?.removeLeftJobs()];
  return removed.reduce((sum, one) => sum + (one?.ok ? one.value : 0), 0);
};

type Said = Omit<DoctorFinding, 'id' | 'profile'>;

const pass = (summary: string): Said => ({ status: 'pass', summary, fix: '' });
const skip = (summary: string): Said => ({ status: 'skip', summary, fix: '' });
const shared = (id: DoctorFinding['id'], said: Said): DoctorFinding => ({ id, profile: null, ...said });

const engineFinding = ({ engine }: Surroundings, { profiles }: Config): DoctorFinding => {
  if (engine.found !== null) return shared('engine', pass(engine.found));
  if (profiles.length > 0 && profiles.every(({ runtime }) => runtime === 'sandbox')) {
    return shared('engine', skip('none was found, and no profile needs one'));
  }
  const telling =
    engine.attempts.find(({ failure }) => failure.code !== 'engine.missing') ?? engine.attempts[0];
  return shared('engine', {
    status: 'fail',
    summary: telling ? `${telling.failure.what}: ${telling.failure.why}` : 'none was found',
    fix: telling?.failure.fix ?? 'start Docker, or set DOCKER_HOST to where it is',
  });
};

const imageFinding = ({ image }: Surroundings, { profiles }: Config, now: number): DoctorFinding => {
  if (image === null) return shared('image', skip('not looked at without an engine'));
  const { state, reference, cliVersion, createdAt } = image;
  const age = createdAt === null ? '' : `, built ${relative(createdAt, now)}`;
  const build = 'build it: claude-setup build';
  if (state === 'missing') {
    if (profiles.every(({ runtime }) => runtime === 'sandbox') && profiles.length > 0)
      return shared('image', skip('none was built, and no profile needs one'));
    return shared('image', { status: 'warn', summary: `${reference} was never built here`, fix: build });
  }
  if (state === 'stale') {
    const there = `the newest one has CLI ${cliVersion ?? 'unknown'}${age}`;
    return shared('image', {
      status: 'warn',
      summary: `${reference} is not there: ${there}, with other settings`,
      fix: build,
    });
  }
  if (cliVersion !== null && isOlder(cliVersion, testedCliVersion)) {
    return shared('image', {
      status: 'warn',
      summary: `${reference} has CLI ${cliVersion}${age}; ${testedCliVersion} is the newest known`,
      fix: `claude-setup build --cli-version ${testedCliVersion}`,
    });
  }
  return shared('image', pass(`${reference} with CLI ${cliVersion}${age}`));
};

/** Compares exact versions; a pre-release counts as its release. */
const isOlder = (version: string, than: string): boolean => {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (const index of [0, 1, 2]) {
    const difference = (a?.[index] ?? 0) - (b?.[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

const clockFinding = ({ clockSkewMs }: Surroundings): DoctorFinding => {
  if (clockSkewMs === null) return shared('clock', skip('not compared without an engine'));
  const distance = span(clockSkewMs / 1000);
  if (Math.abs(clockSkewMs) < skewLimitMs) {
    return shared('clock', pass(`within ${distance} of the engine's`));
  }
  return shared('clock', {
    status: 'warn',
    summary: `${distance} ${clockSkewMs > 0 ? 'ahead of' : 'behind'} the engine's, so tokens seem to expire at the wrong time`,
    fix: 'set the clock: sudo timedatectl set-ntp true',
  });
};

const composeFinding = ({ mounts: { composeFiles, failures, findings } }: Surroundings): DoctorFinding => {
  const [failure] = failures;
  if (failure !== undefined) {
    return shared('compose', {
      status: 'warn',
      summary: `${failure.what}: ${failure.why}`,
      fix: failure.fix,
    });
  }
  if (composeFiles.length === 0) return shared('compose', skip('no compose file here or above'));
  const told = findings.filter(({ running }) => !running).length;
  const files = composeFiles.join(', ');
  return shared('compose', pass(told === 0 ? `no service in ${files} mounts a login` : files));
};

const profileFindings = ({
  profile,
  disk,
  unfinished,
  uncaptured,
  refusedAt,
}: Picture): readonly DoctorFinding[] => {
  if (profile === null) return [];
  const { name } = profile;
  const free = disk?.freeBytes ?? null;
  const space = free === null ? 'unknown' : `${Math.floor(free / 1e6)} MB free`;
  const little = free !== null && free < littleSpaceBytes;
  const full = disk?.readOnly ? 'the file system is read-only' : little ? `only ${space}` : null;
  const left: Said =
    unfinished !== null
      ? { status: 'warn', summary: unfinished, fix: `claude-setup check ${name} finishes or undoes it` }
      : uncaptured
        ? {
            status: 'warn',
            summary: 'a finished sign-in waits to be captured',
            fix: `claude-setup login ${name} captures it`,
          }
        : pass('nothing is left half done');
  return [
    {
      id: 'disk',
      profile: name,
      ...(full === null
        ? pass(space)
        : { status: 'fail', summary: full, fix: 'free some space or mount it writable' }),
    },
    { id: 'capture', profile: name, ...left },
    {
      id: 'refresh',
      profile: name,
      ...(refusedAt === null
        ? pass('no refresh was refused')
        : {
            status: 'fail',
            summary: `a refresh was refused at ${new Date(refusedAt).toISOString()}: another copy of this login was refreshed before`,
            fix: `sign in again: claude-setup login ${name}`,
          }),
    },
  ];
};
