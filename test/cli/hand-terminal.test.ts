import { PassThrough } from 'node:stream';
import { expect, it, vi } from 'vitest';
import { createEmulator } from '../../src/adapters/pty/emulator.ts';
import { handTerminal } from '../../src/cli/hand-terminal.ts';
import { startSignIn } from '../../src/usecases/sign-in.ts';
import { hostileText } from '../support/hostile-text.ts';
import { unwrap } from '../support/results.ts';
import { createFakeWorld } from '../tui/fake-world.ts';

const link = `https://claude.ai/oauth/authorize?z-${'AbC_9-'.repeat(8)}`;

const setup = async () => {
  const world = createFakeWorld();
  Object.assign(world.ports, { emulator: createEmulator() });
  const profile = world.addProfile('dev', { signedIn: false });
  const signal = new AbortController().signal;
  const size = { columns: 80, rows: 24 };
  const signIn = unwrap(
    await startSignIn(world.ports, { runtime: world.runtime, profile, method: 'auth-login', size }, signal),
  );
  const { session } = world.runtime.run;
  if (session === null) throw new Error('no session');
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) =>
    new PassThrough().on('data', (chunk) => {
      written[name] += String(chunk);
    });
  const stdin = Object.assign(new PassThrough(), { setRawMode: () => stdin });
  const io = { stdin, stdout: stream('stdout'), stderr: stream('stderr'), color: true } as never;
  return { session, stdin, written, ended: handTerminal(io, signIn, signal) };
};

it('only what draws reaches the terminal, and it is left as it was', async () => {
  const { session, stdin, written, ended } = await setup();
  session.emit(`\x1b[?25l\x1b[?1049h\x1b[1mvisit:\x1b[0m \x1b]8;;${link}\x07here\x1b]8;;\x07 ${hostileText}`);
  await vi.waitFor(() => expect(written.stdout).toContain('<unseen>'));
  expect(written.stdout).toContain(`\x1b[?25l\x1b[?1049h\x1b[1mvisit:\x1b[0m \x1b]8;;${link}\x1b\\here`);
  expect(written.stdout).not.toMatch(/\x1b(?:\]0|\]52|\[c|\[6n|\[21t|P|_|\^|X|c)|[\x05\x80-\x9f\u202e]|evil/);
  // The emulator answers, with nothing that the session chose.
  await vi.waitFor(() => expect(session.input).toMatch(/\x1b\[\d+;\d+R/));
  expect(session.input).not.toContain('owned');
  stdin.write('ab\x1dc');
  await ended;
  expect(session.input).toMatch(/ab$/);
  expect(written.stdout).toMatch(/\x1b\[\?25h\x1b\[\?1049l$/);
});

it('a link that wants to be taken for the sign-in is pointed out once', async () => {
  const { session, stdin, written, ended } = await setup();
  for (let count = 0; count < 3; count += 1)
    session.emit('\r\nvisit https://claude.ai.evil.example/oauth/authorize?x');
  await vi.waitFor(() => expect(written.stderr).toContain('\n'));
  stdin.write('\x1d');
  await ended;
  expect(written.stderr.match(/claude\.ai\.evil\.example is no sign-in of Claude's/g)).toHaveLength(1);
});
