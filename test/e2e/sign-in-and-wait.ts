// A process to be killed: begins a sign-in in an image (first argument) for a settings home (second), says when it stands
// at the prompt, and waits for its end.
import { createDockerRuntime } from '../../src/adapters/docker/runtime.ts';
import { findTestEngine } from '../support/engine-images.ts';

const [image = '', home = ''] = process.argv.slice(2);
const runtime = createDockerRuntime({
  engine: await findTestEngine(),
  image,
  extraHosts: [],
  home,
  clock: { now: () => Date.now(), wait: () => new Promise(() => {}) },
});
const profile = { name: 'killed', authDir: '/nowhere', runtime: 'docker', leaveOut: null } as const;
const started = await runtime.startSignIn(
  { profile, method: 'auth-login', size: { columns: 80, rows: 24 } },
  new AbortController().signal,
);
if (!started.ok) throw new Error(started.failure.why);
let text = '';
started.value.session?.onOutput((chunk) => {
  text += Buffer.from(chunk).toString();
  if (!text.includes('Paste code here')) return;
  text = '';
  console.log('at the prompt');
});
