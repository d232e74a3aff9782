import { expect, it } from 'vitest';
import { fail, ok } from '../../src/domain/failure.ts';
import { createWatch } from '../../src/usecases/watch.ts';
import { unwrap } from '../support/results.ts';
import { changeLogin, startOfTest } from '../tui/fake-world.ts';
import { hour, minute, quietWatch, setup } from './watch-world.ts';

it('tells the hook of new tokens and other states once, also when two watch', async () => {
  const { world, filesOf, pass } = setup({ onChange: 'tell' });
  const other = createWatch(world.ports, { ...quietWatch, onChange: 'tell' });
  await pass();
  unwrap(await other.pass(new AbortController().signal));
  await pass();
  expect(world.hookRuns).toEqual([
    {
      command: 'tell',
      variables: {
        CLAUDE_SETUP_PROFILE: 'dev',
        CLAUDE_SETUP_STATE: 'fresh',
        CLAUDE_SETUP_PREVIOUS_STATE: '',
        CLAUDE_SETUP_EXPIRES_AT: '2026-11-24T18:00:00.000Z',
        CLAUDE_SETUP_LOGIN_EXPIRES_AT: '2026-12-22T10:00:00.000Z',
        CLAUDE_SETUP_NEEDS_PERSON: '0',
        CLAUDE_SETUP_REASON: 'fine',
      },
    },
  ]);
  world.clock.advance(hour);
  changeLogin(filesOf('dev'), { expiresAt: startOfTest + 90 * minute });
  await pass();
  unwrap(await other.pass(new AbortController().signal));
  expect(world.hookRuns).toHaveLength(2);
  expect(world.hookRuns[1]?.variables).toMatchObject({ CLAUDE_SETUP_PREVIOUS_STATE: 'fresh' });
  expect(JSON.stringify(world.hookRuns)).not.toContain('sk-ant');
});

it('tells a hook that failed again at the next look, and reports the failure', async () => {
  const { world, events, pass } = setup({ onChange: 'tell' });
  world.hookResult = fail('hook.failed', 'It failed', 'it ended with status 3', 'run it by hand');
  await pass();
  expect(events).toContainEqual({ event: 'hook-failed', profile: 'dev', reason: 'it ended with status 3' });
  world.hookResult = ok(undefined);
  await pass();
  await pass();
  expect(world.hookRuns).toHaveLength(2);
  expect(events.filter(({ event }) => event === 'told')).toHaveLength(1);
});

it('writes the metrics at every look', async () => {
  const { world, pass } = setup({ metricsFile: '/metrics.prom' });
  await pass();
  expect(world.written.get('/metrics.prom')).toContain('claude_setup_needs_person{profile="dev"} 0');
});
