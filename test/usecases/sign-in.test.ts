import { expect, it, vi } from 'vitest';
import { capture } from '../../src/usecases/capture.ts';
import { findSignIns, type SignIn, startSignIn } from '../../src/usecases/sign-in.ts';
import { unwrap } from '../support/results.ts';
import { createFakeWorld, type FakeWorld, putLogin } from '../tui/fake-world.ts';

const size = { columns: 80, rows: 24 };
const never = new AbortController().signal;

const start = async (world: FakeWorld, method: 'auth-login' | 'full-screen' = 'auth-login') => {
  const profile = world.addProfile('dev', { signedIn: false });
  const signIn = unwrap(
    await startSignIn(world.ports, { runtime: world.runtime, profile, method, size }, never),
  );
  return { profile, signIn, run: world.runtime.run };
};

/** Lets the watcher look again. */
const look = async (world: FakeWorld, until: () => boolean) => {
  await vi.waitFor(() => {
    world.clock.advance(250);
    expect(until()).toBe(true);
  });
};

const statusOf = (signIn: SignIn, id: string) =>
  signIn.state.report?.findings.find((finding) => finding.id === id)?.status;

it('takes the URL from the screen and turns the checks as the files come', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  run.session?.emit('visit: https://claude.ai/oauth/authorize?code=true \r\n');
  await vi.waitFor(() => expect(signIn.state.url).toContain('https://claude.ai/'));
  await vi.waitFor(() => expect(statusOf(signIn, 'credentials.present')).toBe('fail'));
  run.files.set('.credentials.json', '');
  await look(world, () => statusOf(signIn, 'credentials.empty') === 'fail');
  expect(signIn.state.phase).toBe('waiting');
  putLogin(run.files);
  await look(world, () => signIn.state.phase === 'signed-in');
  expect(signIn.state.report?.account.email).toBe('ada@example.com');
});

it('waits for the account, which the CLI writes after the tokens, unless the session has ended', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  putLogin(run.files);
  run.files.delete('.claude.json');
  await look(world, () => statusOf(signIn, 'credentials.present') === 'pass');
  expect(signIn.state.phase).toBe('waiting');
  run.session?.end(0);
  await look(world, () => signIn.state.phase !== 'waiting');
  expect(signIn.state).toMatchObject({ phase: 'signed-in', end: { exitCode: 0 } });
});

it('has ended without a login when the program leaves none', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  const settled = signIn.settled(never);
  run.session?.end(130);
  expect(await settled).toMatchObject({ phase: 'ended', end: { exitCode: 130 } });
});

it('does not count a login that was there before', async () => {
  const world = createFakeWorld();
  const profile = world.addProfile('dev');
  const left = world.runtime.leave({ profile: 'dev' });
  putLogin(left.files, { token: 'dev' });
  const [found] = unwrap(await findSignIns(world.ports, { runtime: world.runtime, profile, size }));
  expect(await found?.settled(never)).toMatchObject({ phase: 'ended' });
});

it('sends keys byte for byte and a code trimmed, with Enter', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  signIn.write('\x1b[A\x03');
  signIn.sendCode('  abc-123#sta\n te  \r\n');
  signIn.paste('two\nlines');
  expect(run.session?.input).toBe('\x1b[A\x03abc-123#state\rtwo\nlines');
});

it('keeps its last picture while the engine does not answer', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  await vi.waitFor(() => expect(signIn.state.report).not.toBeNull());
  const before = signIn.state;
  run.breakFiles({ code: 'engine.lost', what: 'x', why: 'x', fix: 'x' });
  putLogin(run.files);
  world.clock.advance(1000);
  expect(signIn.state).toBe(before);
  run.breakFiles(null);
  await look(world, () => signIn.state.phase === 'signed-in');
});

it('takes no session for one without a login while the engine does not answer', async () => {
  const world = createFakeWorld();
  const { signIn, run } = await start(world);
  putLogin(run.files);
  run.breakFiles({ code: 'engine.lost', what: 'x', why: 'x', fix: 'x' });
  run.session?.end(0);
  for (let looks = 0; looks < 20; looks += 1) {
    world.clock.advance(250);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(signIn.state.phase).toBe('waiting');
  run.breakFiles(null);
  await look(world, () => signIn.state.phase === 'signed-in');
});

it('leaves the run to be found again when it is only closed, and removes it when abandoned', async () => {
  const world = createFakeWorld();
  const { signIn, run, profile } = await start(world);
  signIn.close();
  expect(run.removed).toBe(false);
  const [found] = unwrap(await findSignIns(world.ports, { runtime: world.runtime, profile, size }));
  await found?.abandon();
  expect(run.removed).toBe(true);
});

it('a finished sign-in of a killed process is found and captured', async () => {
  const world = createFakeWorld();
  const profile = world.addProfile('dev', { signedIn: false });
  const left = world.runtime.leave({ profile: 'dev' });
  putLogin(left.files);
  const [found] = unwrap(await findSignIns(world.ports, { runtime: world.runtime, profile, size }));
  expect(await found?.settled(never)).toMatchObject({ phase: 'signed-in' });
  const captured = unwrap(await capture(world.ports, { profile, run: left }, () => undefined, never));
  expect(captured.report.status).toBe('pass');
  expect(left.removed).toBe(true);
});
