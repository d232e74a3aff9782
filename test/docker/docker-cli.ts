import { execFile, spawn } from 'node:child_process';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createImageSource } from '../../src/adapters/docker/image-source.ts';
import { defaultImageSettings, type ImageSettings } from '../../src/domain/config.ts';
import type { ImagePlan } from '../../src/ports/engine.ts';

/** The image that tests build on, and the extra authorities of the network they run in. */
export const testBase = process.env.CLAUDE_SETUP_TEST_BASE ?? 'claude-setup-test/base:node24';
const testCa = process.env.CLAUDE_SETUP_TEST_CA ?? process.env.NODE_EXTRA_CA_CERTS;

export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the docker command line, as somebody does it by hand. Never rejects. */
export const docker = (...args: readonly string[]): Promise<Output> =>
  new Promise((resolve) => {
    execFile('docker', args, { maxBuffer: 32 * 1024 * 1024 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ status, stdout, stderr: status === -1 ? `${stderr}${error?.message}` : stderr });
    });
  });

/** Why these tests can't run here, or null when they can. */
export const whyNoDocker = async (): Promise<string | null> => {
  const { status, stderr } = await docker('version');
  if (status !== 0) return `no engine: ${stderr.trim().split('\n').at(-1)}`;
  const base = await docker('image', 'inspect', testBase);
  return base.status === 0 ? null : `no base image ${testBase}`;
};

export const planForTest = async (settings: Partial<ImageSettings> = {}): Promise<ImagePlan> => {
  const dockerDir = fileURLToPath(new URL('../../docker', import.meta.url));
  const plan = await createImageSource({ dockerDir }).plan({
    ...defaultImageSettings,
    base: testBase,
    caFile: testCa || null,
    ...settings,
  });
  if (!plan.ok) throw new Error(`${plan.failure.what}: ${plan.failure.why}`);
  return plan.value;
};

/** Builds a plan with the classic builder and tags it `tag`. Resolves with the builder's output. */
export const buildByHand = async (plan: ImagePlan, tag: string): Promise<Output> => {
  const buildArgs = Object.entries(plan.request.buildArgs).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);
  const args = [
    'build',
    '--force-rm',
    '-f',
    plan.request.dockerfile,
    '--label',
    'claude-setup.test=image',
    '-t',
    tag,
  ];
  const child = spawn('docker', [...args, ...buildArgs, '-'], {
    env: { ...process.env, DOCKER_BUILDKIT: '0' },
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number>((resolve) => {
    child.once('close', (status) => resolve(status ?? -1));
  });
  await pipeline(plan.context(), child.stdin);
  return { status: await ended, stdout, stderr };
};
