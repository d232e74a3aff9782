// Bundles the program into dist/.
import { rm } from 'node:fs/promises';
import { bundleProgram } from './bundle.js';

await rm('dist', { recursive: true, force: true });
await bundleProgram('dist');
