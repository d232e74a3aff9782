// A process that captures an archive and kills itself at a step: killed-capture.ts AUTH-DIR ARCHIVE STEP
import { createReadStream } from 'node:fs';
import { createAuthStore } from '../../../src/adapters/store/auth-store.ts';
import { faultyFileSystem } from '../../support/faulty-file-system.ts';

const [authDir = '', archive = '', step = '0'] = process.argv.slice(2);
const { files, steps } = faultyFileSystem({ at: Number(step), fault: { kind: 'kill' } });
const store = createAuthStore({ uid: process.getuid?.() ?? null, files });
const staged = await store.stage(authDir, createReadStream(archive), {
  leaveOut: [],
  signal: new AbortController().signal,
});
if (!staged.ok) throw new Error(staged.failure.why);
const committed = await store.commit(staged.value);
if (!committed.ok) throw new Error(committed.failure.why);
console.log(steps.length);
