import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { checkIds } from '../../src/domain/checks/report.ts';
import { failureExits } from '../../src/domain/failure.ts';
import { mountFindingIds } from '../../src/domain/mounts/mounts.ts';
import { cliErrors } from '../../src/domain/playbooks/cli-errors.ts';
import { playbooks } from '../../src/domain/playbooks/diagnose.ts';
import { doctorIds } from '../../src/usecases/doctor.ts';

const page = await readFile(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
const sections = new Map(
  page
    .split(/^#{2,3} /m)
    .slice(1)
    .map((section) => [section.split('\n')[0]?.replaceAll('`', '') ?? '', section] as const),
);
const ids = [
  ...playbooks.map(({ id }) => id),
  ...checkIds,
  ...mountFindingIds,
  ...doctorIds,
  ...cliErrors.map(({ id }) => id),
  ...Object.keys(failureExits),
];

it.each(ids)('the page on troubleshooting tells cause and fix of %s', (id) => {
  const section = sections.get(id) ?? '';
  expect(section).toMatch(/^Cause: .+/m);
  expect(section).toMatch(/^Fix: .+/m);
});

it('tells of nothing that is not there any more, and of nothing twice', () => {
  const headings = [...page.matchAll(/^### `(.+)`$/gm)].map(([, id]) => id);
  expect(headings.toSorted()).toEqual(ids.toSorted());
});
