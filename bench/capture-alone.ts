// Captures /tree of a container and prints by how many MB that made this process grow at the most.
import { createAuthStore } from '../src/adapters/store/auth-store.ts';
import { engineWithBase } from './engine.ts';
import { peakMemory, residentMemory } from './processes.ts';

const [container = '', target = ''] = process.argv.slice(2);
const engine = await engineWithBase();
const store = createAuthStore({ uid: process.getuid?.() ?? null });
const { signal } = new AbortController();
const before = await residentMemory(process.pid);
const tar = await engine.download(container, '/tree/.', signal);
if (!tar.ok) throw new Error(tar.failure.why);
const staged = await store.stage(target, tar.value, { leaveOut: [], signal });
if (!staged.ok) throw new Error(staged.failure.why);
const committed = await store.commit(staged.value);
if (!committed.ok) throw new Error(committed.failure.why);
console.log((await peakMemory(process.pid)) - before);
