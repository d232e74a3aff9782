// A process of ours that a test kills: `node doomed.ts sign-in|run HOME BIN RUN`. It says a line when the moment has come.
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { createSandboxRuntime } from '../../../src/adapters/sandbox/runtime.ts';
import { toLease } from '../../../src/domain/lease.ts';

const [what, home = '', bin = '', memory = ''] = process.argv.slice(2);
const runtime = createSandboxRuntime({
  home,
  env: { PATH: `${bin}:${process.env.PATH}`, XDG_RUNTIME_DIR: memory },
  platform: 'linux',
  uid: process.getuid?.() ?? null,
  clock: systemClock,
});
const signal = new AbortController().signal;
const say = (line: string) => process.stdout.write(`${line}\n`);

if (what === 'sign-in') {
  const profile = { name: 'dev', authDir: '/nowhere', runtime: 'sandbox', leaveOut: null } as const;
  const size = { columns: 80, rows: 24 };
  const started = await runtime.startSignIn({ profile, method: 'auth-login', size }, signal);
  if (!started.ok || started.value.session === null) throw new Error('no session');
  const { session } = started.value;
  let shown = '';
  session.onOutput((chunk) => {
    shown += Buffer.from(chunk).toString();
    if (shown.includes('prompted >') && !shown.includes('TESTcode')) session.write('TESTcode#TESTstate\r');
    if (shown.includes('Login successful.')) say('signed in');
  });
  await session.ended;
} else {
  const login = { claudeAiOauth: { accessToken: 'sk-ant-oat01-TEST', expiresAt: Date.now(), scopes: [] } };
  const running = runtime.runCli(['auth', 'status'], toLease(login, null), {
    profile: 'dev',
    timeoutMs: 600_000,
    signal,
  });
  say('running');
  await running;
}
