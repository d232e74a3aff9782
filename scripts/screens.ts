// Draws the pictures of every screen into docs/screens/. Run it with `npm run screens`.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { picturesFolder, renderScreens } from './screens/render.ts';

const files = await renderScreens();
await mkdir(picturesFolder, { recursive: true });
for (const name of await readdir(picturesFolder)) {
  if (name.endsWith('.svg') && !files.has(name)) await rm(join(picturesFolder, name));
}
for (const [name, content] of files) await writeFile(join(picturesFolder, name), content);
process.stdout.write(`${files.size} pictures are in docs/screens\n`);
