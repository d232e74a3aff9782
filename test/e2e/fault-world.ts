import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { systemClock } from '../../src/adapters/host/clock.ts';
import { createPorts } from '../../src/compose.ts';
import { defaultImageSettings, type ImageSettings } from '../../src/domain/config.ts';
import { exitStatusOf, failureLine, ok, type Result } from '../../src/domain/failure.ts';
import { imageLabels } from '../../src/domain/image-plan.ts';
import type { Profile } from '../../src/domain/profile.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Engine } from '../../src/ports/engine.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { buildImage } from '../../src/usecases/build-image.ts';
import { capture } from '../../src/usecases/capture.ts';
import { openRuntime, requireEngine } from '../../src/usecases/open-runtime.ts';
import { findSignIns, type SignIn, startSignIn } from '../../src/usecases/sign-in.ts';
import { runCli } from '../cli/run-cli.ts';
import { docker, planForTest, testBase } from '../docker/docker-cli.ts';
import { buildRequest, buildStandInImage } from '../support/engine-images.ts';
import { loginText, stateText } from '../support/logins.ts';
import { unwrap } from '../support/results.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { claudeSetup, configureImage } from './product.ts';

const size = { columns: 80, rows: 24 };
const hour = 3600_000;
export const credentials = '.credentials.json';

/** A `claude` that renews its login when it is asked something, and is the stand-in otherwise. */
const renewingClaude = `#!/bin/sh
case "$1" in
  -p) exec node -e '
    const fs = require("fs"), file = process.env.CLAUDE_CONFIG_DIR + "/.credentials.json";
    const login = JSON.parse(fs.readFileSync(file, "utf8")), o = login.claudeAiOauth;
    const fresh = require("crypto").randomBytes(8).toString("hex");
    if (o.expiresAt - Date.now() > 4 * 3600000) process.exit(1);
    Object.assign(o, { accessToken: "sk-ant-oat01-TESTnew" + fresh, refreshToken: "sk-ant-ort01-TESTnew" + fresh, expiresAt: Date.now() + 8 * 3600000 });
    fs.writeFileSync(file + ".tmp.1", JSON.stringify(login), { mode: 0o600 });
    fs.renameSync(file + ".tmp.1", file);
    process.exit(1);
  ' ;;
esac
exec node /opt/stand-in/stand-in.js "$@"
`;

/** Access tokens that \`renewingClaude\` made, in a text. */
export const renewedTokens = (text: string): readonly string[] =>
  text.match(/sk-ant-oat01-TESTnew[0-9a-f]{16}/g) ?? [];

interface ComposeService {
  /** As `PROJECT/SERVICE`. */
  readonly name: string;
  remove(): Promise<void>;
}

/** The image that the product takes for its setup image, with a CLI that asks nobody. */
export interface FaultImage {
  readonly reference: string;
  /** Settings with which it is that. */
  readonly settings: Partial<ImageSettings>;
  readonly dockerfile: string;
  /** Starts a compose service of that image: another one restarting it would find it down for a moment. */
  startService(): Promise<ComposeService>;
  /** Ids of the containers that were to prove images made of it. */
  proofs(): Promise<string>;
  remove(): Promise<void>;
}

export const makeFaultImage = async (engine: Engine, claude = renewingClaude): Promise<FaultImage> => {
  const cliVersion = `0.0.${process.pid % 100_000}`;
  const { reference } = await planForTest({ cliVersion, caFile: null });
  const standIn = `claude-setup-test/faults:${process.pid}`;
  await buildStandInImage(engine, standIn);
  const dockerfile = `FROM ${standIn}\nCOPY claude /usr/local/bin/claude\nLABEL ${imageLabels.cliVersion}=${cliVersion}\n`;
  unwrap(
    await engine.build(
      buildRequest(reference, dockerfile, { claude }),
      () => {},
      new AbortController().signal,
    ),
  );
  let services = 0;
  const removeTags = async () => {
    const { stdout } = await docker('images', '-q', '--filter', 'reference=claude-setup-test/faults');
    return docker('image', 'rm', '-f', ...new Set(stdout.split('\n').filter((id) => id !== '')), reference);
  };
  return {
    reference,
    settings: { base: testBase, cliVersion },
    dockerfile,
    async startService() {
      services += 1;
      const project = `claude-setup-faults-${process.pid}-${services}`;
      const labels = ['service=api', `project=${project}`];
      const given = labels.flatMap((label) => ['--label', `com.docker.compose.${label}`]);
      await docker(
        'run',
        '-d',
        '--name',
        project,
        '--init',
        '--entrypoint',
        'sleep',
        ...given,
        reference,
        '3600',
      );
      return { name: `${project}/api`, remove: async () => void (await docker('rm', '-f', project)) };
    },
    async proofs() {
      const labels = ['claude-setup.purpose=version', `${imageLabels.cliVersion}=${cliVersion}`];
      const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
      return (await docker('ps', '-aq', ...filters)).stdout;
    },
    remove: async () => {
      await removeTags();
    },
  };
};

/** How a deed ended, as a person would see it. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

/** A person's machine for one trial, with the profile dev. */
export interface TrialWorld {
  readonly temporary: Temporary;
  readonly image: FaultImage;
  /** The label of what belongs to this settings home. */
  readonly label: string;
  /** The compose service of a deed that restarts one. */
  readonly service: string;
  remove(): Promise<void>;
  /** The stored login, byte for byte. */
  stored(): Promise<string>;
  /** Ids of our containers. */
  containers(): Promise<readonly string[]>;
}

export const makeTrialWorld = async (
  image: FaultImage,
  { signedIn, restarts = false }: Pick<Deed, 'signedIn' | 'restarts'>,
): Promise<TrialWorld> => {
  const temporary = await makeTemporary();
  const { authDir, setupHome, env } = temporary;
  await mkdir(authDir, { mode: 0o700 });
  if (signedIn) {
    await writeFile(join(authDir, credentials), loginText('before', Date.now() + hour / 2), { mode: 0o600 });
    await writeFile(join(authDir, '.claude.json'), stateText('before'), { mode: 0o600 });
  }
  await configureImage(setupHome, image.settings);
  const ports = createPorts({ env, platform: 'linux' });
  const added = await runCli(ports, ['profile', 'add', 'dev', '--dir', authDir, '--runtime', 'docker']);
  if (added.status !== 0) throw new Error(added.stderr);
  const label = `claude-setup.home=${createHash('sha256').update(setupHome).digest('hex').slice(0, 12)}`;
  const service = restarts ? await image.startService() : null;
  return {
    temporary,
    image,
    label,
    service: service?.name ?? '',
    async remove() {
      await service?.remove();
      await temporary.remove();
    },
    stored: () => readFile(join(authDir, credentials), 'utf8').catch(() => ''),
    containers: async () => {
      const { stdout } = await docker('ps', '-aq', '--filter', `label=${label}`);
      return stdout.split('\n').filter((id) => id !== '');
    },
  };
};

/** Something that a person does, whose every call of the engine is to fail once. */
export interface Deed {
  readonly name: string;
  readonly signedIn: boolean;
  readonly restarts?: boolean;
  /** The exit status when all goes well. */
  readonly good: number;
  act(world: TrialWorld, host: string, signal: AbortSignal, clock?: Clock): Promise<Outcome>;
}

const portsOf = ({ temporary }: TrialWorld, host: string, clock: Clock): Ports =>
  createPorts({ env: { ...temporary.env, DOCKER_HOST: host }, platform: 'linux', clock });

/** A process of its own each time: what a run leaves is removed once its owner has ended. */
export const command =
  (words: (world: TrialWorld) => readonly string[]): Deed['act'] =>
  async (world, host, signal) => {
    const env = { ...world.temporary.env, DOCKER_HOST: host };
    const { status, stdout, stderr } = await claudeSetup(words(world), env, signal);
    return { status, output: `${stdout}${stderr}` };
  };

const outcomeOf = (result: Result<unknown>): Outcome =>
  result.ok
    ? { status: 0, output: '' }
    : { status: exitStatusOf(result.failure), output: `${failureLine(result.failure)}\n` };

const profileOf = (world: TrialWorld): Profile => ({
  name: 'dev',
  authDir: world.temporary.authDir,
  runtime: 'docker',
  leaveOut: null,
});

/** The sign-in of the wizard without its screens: an earlier one is gone on with, else a new one begun, and captured. */
const signInAndCapture: Deed['act'] = async (world, host, signal, clock = systemClock) => {
  const ports = portsOf(world, host, clock);
  const profile = profileOf(world);
  const runtime = await openRuntime(ports, 'docker', signal);
  if (!runtime.ok) return outcomeOf(runtime);
  const found = await findSignIns(ports, { runtime: runtime.value, profile, size });
  if (!found.ok) return outcomeOf(found);
  const input = { runtime: runtime.value, profile, method: 'auth-login', size } as const;
  const [left] = found.value;
  const canGoOn = left !== undefined && (await hasLoginOrLink(left, signal));
  if (left !== undefined && !canGoOn) await left.abandon();
  const started = canGoOn ? ok(left) : await startSignIn(ports, input, signal);
  if (!started.ok) return outcomeOf(started);
  const outcome = await finish(ports, profile, started.value, signal);
  for (const one of [started.value, ...found.value]) one.close();
  return outcome;
};

/** How long a person looks at a session that was found again and shows no link. */
const patienceMs = 5000;

/**
 * Whether a sign-in that was found can be gone on with. One that holds no login, such as one that was never started, can
 * not; nor can one that runs and does not show its link a second time.
 */
const hasLoginOrLink = async (signIn: SignIn, signal: AbortSignal): Promise<boolean> => {
  const enough = new AbortController();
  const look = () => {
    if (signIn.state.url !== null) enough.abort();
  };
  const unsubscribe = signIn.subscribe(look);
  look();
  const ends = [signal, enough.signal];
  if (signIn.run.session !== null) ends.push(AbortSignal.timeout(patienceMs));
  const { phase, url } = await signIn.settled(AbortSignal.any(ends));
  unsubscribe();
  return phase === 'signed-in' || url !== null;
};

const finish = async (
  ports: Ports,
  profile: Profile,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Outcome> => {
  let typed = false;
  const type = () => {
    if (typed || signIn.state.url === null) return;
    typed = true;
    signIn.sendCode('TESTcode#TESTstate');
  };
  const unsubscribe = signIn.subscribe(type);
  type();
  const { phase } = await signIn.settled(signal);
  unsubscribe();
  if (phase === 'waiting') return { status: 130, output: 'Left: the session goes on. Fix: come back\n' };
  // A session that ended is looked at once more before it is given up, as the wizard does.
  const captured = await capture(ports, { profile, run: signIn.run }, () => {}, signal);
  if (phase === 'ended' && !captured.ok) await signIn.abandon();
  return outcomeOf(captured);
};

const builtName = ({ label }: Pick<TrialWorld, 'label'>): string =>
  `claude-setup-test/faults:${label.slice(-12)}`;

/** A build of a Dockerfile in which \`claude\` can be copied. */
export const buildOf =
  (dockerfileOf: (world: TrialWorld) => string): Deed['act'] =>
  async (world, host, signal, clock = systemClock) => {
    const ports = portsOf(world, host, clock);
    const engine = await requireEngine(ports, signal);
    if (!engine.ok) return outcomeOf(engine);
    const reference = builtName(world);
    const request = () => buildRequest(reference, dockerfileOf(world), { claude: renewingClaude });
    const settings = { ...defaultImageSettings, cliVersion: 'latest' };
    const { context: _, ...rest } = request();
    const plan = { reference, settings, hash: '', request: rest, context: () => request().context };
    const input = { engine: engine.value, plan, noCache: false };
    return outcomeOf(await buildImage(ports, input, () => {}, signal));
  };

/** Whether an outcome is good, or tells a person what happened and what to do. */
export const expectClear = ({ status, output }: Outcome, good: number): void => {
  expect(output).toMatch(/^[^\p{Cc}]*(?:\n[^\p{Cc}]*)*$/u);
  if (status === good) return;
  expect([1, 3, 130], output).toContain(status);
  const lines = output.split('\n');
  expect(lines.filter((line) => /Fix: | fix: |✗|\bfail/i.test(line)).length, output).toBeGreaterThan(0);
  expect(output).not.toMatch(/^\s+at |Error:/m);
  for (const line of lines) expect(line.length).toBeLessThan(900);
};

export const deeds: readonly Deed[] = [
  // Its steps were done before.
  { name: 'build', signedIn: false, good: 0, act: buildOf(({ image }) => image.dockerfile) },
  { name: 'sign-in, capture', signedIn: false, good: 0, act: signInAndCapture },
  { name: 'check --live', signedIn: true, good: 0, act: command(() => ['check', '--live']) },
  { name: 'refresh', signedIn: true, good: 0, act: command(() => ['refresh']) },
  {
    name: 'run',
    signedIn: true,
    good: 7,
    act: command(() => ['run', '--margin', '1m', '--', 'sh', '-c', 'echo it ran; exit 7']),
  },
  {
    name: 'apply --restart',
    signedIn: true,
    restarts: true,
    good: 0,
    act: command(({ temporary, service }) => [
      'apply',
      'dev',
      '--to',
      join(temporary.root, 'published'),
      '--restart',
      service,
    ]),
  },
];
