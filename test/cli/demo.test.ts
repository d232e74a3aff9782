import { expect, it } from 'vitest';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

it('demo needs a terminal, and says so without opening anything', async () => {
  const { status, stderr } = await runCli(createFakeWorld().ports, ['demo']);
  expect(status).toBe(2);
  expect(stderr).toBe(
    'claude-setup: There is nothing to see here: the practice is made of screens, and this is no terminal. Fix: start claude-setup demo in a terminal\n',
  );
});

it('demo knows its screens', async () => {
  const { status, stderr } = await runCli(createFakeWorld().ports, ['demo', '--screen', 'attic']);
  expect(status).toBe(2);
  expect(stderr).toContain('wizard, dashboard, troubleshoot');
});
