// A process to be killed: holds a session, and says the process id of its program.
import { openPtySession } from '../../../src/adapters/pty/session.ts';

const session = await openPtySession({
  command: '/bin/sh',
  args: ['-c', 'while :; do sleep 1; done'],
  cwd: '/',
  env: { PATH: process.env.PATH ?? '' },
  size: { columns: 80, rows: 24 },
});
if (!session.ok) throw new Error(session.failure.why);
console.log(String(session.value.pid));
await session.value.ended;
