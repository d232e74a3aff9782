import { expect, it, vi } from 'vitest';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

it('keeps the settings of an image that was built, and not those of one that was not', async () => {
  const world = createFakeWorld();
  const before = world.config.image;
  world.engine.build.hold();
  const failing = runCli(world.ports, ['build', '--base', 'registry.example/none']);
  await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
  world.engine.build.fail({ code: 'image.step-failed', what: 'The build failed', why: 'no image', fix: 'x' });
  expect((await failing).status).toBe(1);
  expect(world.config.image).toEqual(before);

  const built = runCli(world.ports, ['build', '--base', 'registry.example/node']);
  // Once to have its CLI proved, once more with what was learned.
  for (let build = 1; build <= 2; build += 1) {
    await vi.waitFor(() => expect(world.engine.build.running).toBe(true));
    world.engine.build.succeed();
  }
  expect(await built).toMatchObject({ status: 0 });
  expect(world.config.image).toEqual({ ...before, base: 'registry.example/node' });
});
