import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { picturesFolder, renderScreens } from '../../scripts/screens/render.ts';
import { walks } from '../../scripts/screens/walks.ts';

const names = walks.flatMap(({ steps }) =>
  steps.flatMap(({ picture }) => (picture === undefined ? [] : [`${picture[0]}.svg`])),
);

describe('the pictures in docs/screens', () => {
  let rendered: ReadonlyMap<string, string>;
  beforeAll(async () => {
    rendered = await renderScreens();
  }, 120_000);

  it.each([...names, 'sign-in.svg'])('%s shows the screen as it is now', async (name) => {
    const kept = await readFile(join(picturesFolder, name), 'utf8').catch(() => null);
    const isSame = kept === rendered.get(name);
    expect(isSame, `docs/screens/${name} is not as the screen is now; draw it anew: npm run screens`).toBe(
      true,
    );
  });

  it('are all there is', async () => {
    expect((await readdir(picturesFolder)).sort()).toEqual([...rendered.keys()].sort());
  });

  it('say that nothing in them is real', () => {
    for (const [name, content] of rendered)
      expect(content.includes('Practice: nothing here is real'), name).toBe(true);
  });
});
