import { stat } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { readPages, repository } from './pages.ts';

const pages = await readPages();
const anchorsOf = new Map(pages.map(({ path, anchors }) => [path, anchors]));

it.each(pages)('every link of $path leads somewhere', async ({ path, links }) => {
  for (const { target } of links.filter((link) => !/^https?:/.test(link.target))) {
    const [file = '', anchor] = target.split('#');
    const to = file === '' ? path : normalize(join(path, '..', file));
    expect(
      await stat(join(repository, to)).then(
        () => 'there',
        () => 'missing',
      ),
      target,
    ).toBe('there');
    if (anchor !== undefined) expect([...(anchorsOf.get(to) ?? [])], target).toContain(anchor);
  }
});

it('every guide and page is linked from README.md', () => {
  const linked = new Set(pages.find(({ path }) => path === 'README.md')?.links.map(({ target }) => target));
  const wanted = pages.map(({ path }) => path).filter((path) => /^docs\/(guides\/)?[^/]+\.md$/.test(path));
  expect([...linked]).toEqual(expect.arrayContaining(wanted));
});
