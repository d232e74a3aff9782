// Bundles the program into dist/.
import { rm } from 'node:fs/promises';
import { bundleAroundCore } from './bundle.js';

await rm('dist', { recursive: true, force: true });
// The core is what a check needs, the command that scripts call most often.
await bundleAroundCore('src/main.ts', ['src/run.ts', 'src/cli/check.ts'], 'dist');
