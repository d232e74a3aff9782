import { expect, it } from 'vitest';
import { emptyConfig } from '../../src/domain/config.ts';
import { readConfig } from '../../src/domain/config-schema.ts';

it('brings an older document up to date, step by step', () => {
  const steps = {
    [-1]: (document: object) => ({ ...document, version: 0, names: ['dev'] }),
    0: ({ names, ...document }: Readonly<Record<string, unknown>>) => ({
      ...document,
      version: 1,
      profiles: (Array.isArray(names) ? names : []).map((name) => ({
        name,
        authDir: '/a',
        runtime: 'docker',
      })),
    }),
  };
  expect(readConfig('{"version":-1,"kept":true}', steps)).toEqual({
    kind: 'config',
    config: {
      ...emptyConfig,
      profiles: [{ name: 'dev', authDir: '/a', runtime: 'docker', leaveOut: null }],
      kept: true,
    },
  });
});

it('takes an older document that nothing leads on from as broken', () => {
  expect(readConfig('{"version":0}')).toMatchObject({
    kind: 'broken',
    problem: expect.stringContaining('version'),
  });
});
