import type { Config } from '../domain/config.ts';
import type { Failure } from '../domain/failure.ts';
import { imageLabels, latestTag } from '../domain/image-plan.ts';
import type { ImagePicture, Picture } from '../domain/playbooks/picture.ts';
import type { Profile } from '../domain/profile.ts';
import { loginMark } from '../domain/working-copy.ts';
import type { Engine, EngineInfo, ImageInfo, ImagePlan } from '../ports/engine.ts';
import type { Ports } from '../ports/ports.ts';
import type { Runtime } from '../ports/runtime.ts';
import { planImage } from './build-image.ts';
import { checkDirectory } from './check.ts';
import { type ExaminedMounts, examineMounts } from './mounts.ts';
import { findUncaptured } from './uncaptured.ts';

/** What is the same for every profile, gathered once. */
export interface Surroundings {
  readonly engine: Picture['engine'];
  readonly engineInfo: EngineInfo | null;
  readonly image: ImagePicture | null;
  readonly mounts: ExaminedMounts;
  readonly clockSkewMs: number | null;
  readonly runtimes: { readonly docker: Runtime | null; readonly sandbox: Runtime };
}

export interface SurroundingsInput {
  readonly config: Config;
  readonly composeFiles: readonly string[];
}

/** Looks at engine, image, mounts and clock, the parts at the same time. A part that can't be looked at is null. */
export const examineSurroundings = async (
  ports: Ports,
  { config, composeFiles }: SurroundingsInput,
  signal: AbortSignal,
): Promise<Surroundings> => {
  const [search, planned] = await Promise.all([ports.engines.find(signal), planImage(ports, config.image)]);
  const { engine, attempts } = search;
  const plan = planned.ok ? planned.value : null;
  const [image, mounts, clockSkewMs] = await Promise.all([
    engine === null || plan === null ? null : imagePicture(engine, plan),
    examineMounts(ports, { ...config, composeFiles, engine }),
    engine === null ? null : clockSkew(ports, engine),
  ]);
  return {
    engine: {
      found: engine === null ? null : `${engine.info.name} ${engine.info.version} at ${engine.info.endpoint}`,
      attempts,
    },
    engineInfo: engine?.info ?? null,
    image,
    mounts,
    clockSkewMs,
    runtimes: {
      docker: engine === null || plan === null ? null : ports.runtimes.docker(engine, plan),
      sandbox: ports.runtimes.sandbox(),
    },
  };
};

/** Everything a diagnosis of one profile looks at. */
export const examineProfile = async (
  ports: Ports,
  { engine, image, mounts, clockSkewMs, runtimes }: Surroundings,
  profile: Profile | null,
  failure: Failure | null,
): Promise<Picture> => {
  const shared = {
    engine,
    image,
    mounts: mounts.findings,
    composeFiles: mounts.composeFiles,
    clockSkewMs,
    profile,
    failure,
  };
  if (profile === null) {
    return {
      ...shared,
      report: null,
      disk: null,
      snapshot: null,
      unfinished: null,
      uncaptured: false,
      refusedAt: null,
    };
  }
  const { authDir, name, runtime: kind } = profile;
  const runtime = runtimes[kind];
  const [report, disk, snapshots, unfinished, uncaptured, refusedAt] = await Promise.all([
    checkDirectory(ports, { authDir, profile: name, live: null }),
    ports.store.disk(authDir),
    ports.store.snapshots(authDir),
    ports.store.pending(authDir),
    runtime === null ? null : findUncaptured(ports, runtime, profile),
    whenRefused(ports, profile),
  ]);
  const snapshot = snapshots.ok ? (snapshots.value[0] ?? null) : null;
  return { ...shared, report, disk, snapshot, unfinished, uncaptured: uncaptured !== null, refusedAt };
};

/** A refusal says nothing about another login than the one it was about. */
const whenRefused = async (
  { loginMarks, store }: Pick<Ports, 'loginMarks' | 'store'>,
  { name, authDir }: Profile,
): Promise<number | null> => {
  const [refused, stored] = await Promise.all([loginMarks.refused(name), store.readLogin(authDir)]);
  return refused !== null && stored.ok && loginMark(stored.value.login) === refused.login ? refused.at : null;
};

const imagePicture = async (engine: Engine, { reference }: ImagePlan): Promise<ImagePicture | null> => {
  const [wanted, latest] = await Promise.all([engine.image(reference), engine.image(latestTag)]);
  if (!wanted.ok || !latest.ok) return null;
  // An image without the label was built and never proved to run.
  if (versionOf(wanted.value) !== null) return pictureOf('current', reference, wanted.value);
  return pictureOf(latest.value === null ? 'missing' : 'stale', reference, latest.value);
};

const pictureOf = (
  state: ImagePicture['state'],
  reference: string,
  image: ImageInfo | null,
): ImagePicture => ({ reference, state, cliVersion: versionOf(image), createdAt: image?.createdAt ?? null });

const versionOf = (image: ImageInfo | null): string | null => image?.labels[imageLabels.cliVersion] ?? null;

/** How far this host's clock is ahead. The engine read its own about half way between the question and the answer. */
const clockSkew = async ({ clock }: Pick<Ports, 'clock'>, engine: Engine): Promise<number | null> => {
  const asked = clock.now();
  const answer = await engine.now();
  return answer.ok && Number.isFinite(answer.value) ? (asked + clock.now()) / 2 - answer.value : null;
};
