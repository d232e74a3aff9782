import { expect, it } from 'vitest';
import { fail, ok } from '../../src/domain/failure.ts';
import { verify } from '../../src/usecases/verify.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld } from '../tui/fake-world.ts';

const never = new AbortController().signal;

const setup = () => {
  const world = createFakeWorld();
  const profile = world.addProfile('dev');
  const run = async () => {
    const report = unwrap(await verify(world.ports, { profile, runtime: world.runtime }, never));
    return { report, accepts: report.findings.find(({ id }) => id === 'cli.accepts') };
  };
  return { world, profile, run };
};

it('asks the CLI on a lease, never on the login itself', async () => {
  const { world, run } = setup();
  const { report } = await run();
  expect(report.status).toBe('pass');
  const [call] = world.runtime.calls;
  expect(call?.args).toEqual(['auth', 'status']);
  const given = [...(call?.lease.files.values() ?? [])].join('');
  expect(given).toContain('sk-ant-oat01-TEST-dev');
  expect(given).not.toContain('ort01');
});

it.each([
  [
    'says loggedIn: false',
    ok({ exitCode: 1, stdout: '{"loggedIn": false, "authMethod": "none"}', stderr: '' }),
  ],
  [
    'prints something else',
    ok({ exitCode: 127, stdout: '', stderr: 'claude: not found sk-ant-oat01-CANARY' }),
  ],
  [
    'does not answer in time',
    fail('cli.timeout', 'The CLI did not answer', 'it was silent for 60 s', 'try again'),
  ],
])('fails when the CLI %s', async (_what, answer) => {
  const { world, run } = setup();
  world.runtime.answer(() => answer);
  const { report, accepts } = await run();
  expect(report.status).toBe('fail');
  expect(accepts?.status).toBe('fail');
  expect(JSON.stringify(report)).not.toContain('CANARY');
});

it('does not blame the login when the CLI could not be asked', async () => {
  const { world, run } = setup();
  world.runtime.answer(() => fail('engine.lost', 'Nothing was started', 'it is gone', 'start the engine'));
  const { accepts } = await run();
  expect(accepts).toMatchObject({
    status: 'fail',
    summary: 'The Claude CLI could not be asked: Nothing was started: it is gone',
    fix: 'start the engine',
  });
});

it('says interrupted when it was interrupted', async () => {
  const { world, profile } = setup();
  world.runtime.answer(() => fail('interrupted', 'Not asked', 'it was interrupted', 'again'));
  expectFailure(await verify(world.ports, { profile, runtime: world.runtime }, never), 'interrupted');
});

it('does not ask about a login that is not there', async () => {
  const world = createFakeWorld();
  const profile = world.addProfile('dev', { signedIn: false });
  const report = unwrap(await verify(world.ports, { profile, runtime: world.runtime }, never));
  expect(report.status).toBe('fail');
  expect(world.runtime.calls).toEqual([]);
});
