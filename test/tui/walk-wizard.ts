import { expect, vi } from 'vitest';
import { type FakeWorld, putLogin } from './fake-world.ts';
import { keys, type OpenApp, type OpenOptions, openApp } from './open-app.tsx';

/** Goes through the wizard with the keys that a newcomer would press, and gives the frame of each step. */
export const walkWizard = async (world: FakeWorld, options: OpenOptions): Promise<Record<string, string>> => {
  const frames: Record<string, string> = {};
  const app = openApp(world, options);
  frames.engine = await app.waitFor('is running');
  await app.type(keys.enter);
  frames.profile = await app.waitFor('New: another name');
  await app.type(keys.enter);
  frames.directory = await app.waitFor('Directory');
  await app.type(keys.enter);
  frames.image = await app.waitFor('Behind a company proxy');
  world.engine.build.hold();
  await app.type(keys.enter);
  await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
  await app.type('l');
  world.engine.build.emit({ type: 'step', step: 3, steps: 9, text: 'RUN npm install --global claude-code' });
  world.engine.build.emit({ type: 'line', text: 'added 2 packages in 14s' });
  world.clock.advance(67_000);
  await app.waitFor('1:07');
  frames.building = await app.waitFor('added 2 packages');
  await finishBuild(world);
  frames.method = await app.waitFor('How do you want to sign in?');
  await signIn(app, world);
  frames.verify = await app.waitFor('accepts this login');
  await app.type(keys.enter);
  frames.firstRun = await app.waitFor('skipDangerousModePermissionPrompt');
  await app.type(keys.enter);
  frames.done = await app.waitFor('You are done');
  await app.type(keys.enter);
  expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: 'dev' }]);
  return frames;
};

/** Both passes of the build: the image, and its label once the CLI was asked. */
const finishBuild = async ({ engine: { build } }: FakeWorld) => {
  build.succeed();
  await vi.waitFor(() => expect(build.requests).toHaveLength(2));
  build.succeed();
};

const signIn = async (app: OpenApp, { runtime, clock }: FakeWorld) => {
  await app.type(keys.enter);
  await vi.waitFor(() => expect(runtime.runs).toHaveLength(1));
  putLogin(runtime.run.files, { onboarded: false });
  await vi.waitFor(() => {
    clock.advance(250);
    expect(app.frame()).not.toContain('How do you want');
    expect(runtime.run.removed).toBe(true);
  });
};
