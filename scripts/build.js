// Bundles the program into dist/, with what is to be said of others' parts in it, and writes its manual page.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle, bundleProgram } from './bundle.js';
import { writeThirdParty } from './third-party.js';

await rm('dist', { recursive: true, force: true });
await writeThirdParty(Object.values(await bundleProgram('dist')), 'dist');

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const folder = await mkdtemp('.man-page-');
try {
  // Bundled first: not every Node that we build on takes TypeScript.
  await bundle('scripts/man-page.ts', folder);
  const { manPage } = await import(pathToFileURL(join(folder, 'man-page.js')).href);
  await mkdir('man', { recursive: true });
  await writeFile('man/claude-setup.1', await manPage(version));
} finally {
  await rm(folder, { recursive: true, force: true });
}
