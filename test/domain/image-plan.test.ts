import { describe, expect, it } from 'vitest';
import { defaultImageSettings } from '../../src/domain/config.ts';
import {
  type ContextFile,
  imageBuildArgs,
  imageCliVersion,
  imageHash,
  printedCliVersion,
} from '../../src/domain/image-plan.ts';

const file = (path: string, text: string, mode = 0o644): ContextFile => ({
  path,
  mode,
  content: Buffer.from(text),
});
const files = [file('Dockerfile', 'FROM x'), file('entrypoint.sh', '#!/bin/bash', 0o755)];

describe('imageHash', () => {
  const hash = imageHash(defaultImageSettings, files);

  it('is 12 hexadecimal digits and does not depend on the order of the files', () => {
    expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(imageHash(defaultImageSettings, files.toReversed())).toBe(hash);
  });

  it.each([
    ['the base', { ...defaultImageSettings, base: 'node:22-bookworm-slim' }, files],
    ['the CLI version', { ...defaultImageSettings, cliVersion: 'latest' }, files],
    ['a byte of a file', defaultImageSettings, [file('Dockerfile', 'FROM y'), ...files.slice(1)]],
    ['a mode', defaultImageSettings, [file('Dockerfile', 'FROM x', 0o755), ...files.slice(1)]],
    ['another file', defaultImageSettings, [...files, file('ca/extra-01.crt', 'pem')]],
    ['a name', defaultImageSettings, [file('Dockerfile2', 'FROM x'), ...files.slice(1)]],
  ] as const)('changes with %s', (_name, settings, changed) => {
    expect(imageHash(settings, changed)).not.toBe(hash);
  });

  it('does not change with what only matters during the build', () => {
    const settings = {
      ...defaultImageSettings,
      caFile: '/elsewhere/ca.pem',
      httpProxy: 'http://proxy.example:3128',
      httpsProxy: 'http://proxy.example:3128',
      noProxy: 'localhost',
      extraHosts: ['registry.example:10.0.0.1'],
    };
    expect(imageHash(settings, files)).toBe(hash);
  });
});

describe('imageBuildArgs', () => {
  it('gives proxies only where there are some', () => {
    expect(imageBuildArgs(defaultImageSettings)).toEqual({
      BASE_IMAGE: 'node:24-bookworm-slim',
      CLAUDE_CLI_VERSION: '2.1.330',
    });
    expect(imageBuildArgs({ ...defaultImageSettings, httpsProxy: 'http://proxy.example' })).toHaveProperty(
      'HTTPS_PROXY',
      'http://proxy.example',
    );
  });
});

describe('imageCliVersion', () => {
  it.each(['2.1.330', '10.0.0', '2.1.0-beta.1', 'latest'])('takes %s', (version) => {
    expect(imageCliVersion(version)).toEqual({ ok: true, value: version });
  });
  it.each(['', '2', '^2.1.330', '2.1.x', 'file:/tmp', '2.1.330 evil', '2.1.330\n', 'stable', '*'])(
    'refuses %j',
    (version) => {
      expect(imageCliVersion(version)).toMatchObject({ ok: false, failure: { code: 'usage' } });
    },
  );
});

describe('printedCliVersion', () => {
  it.each([
    ['2.1.330 (Claude Code)\n', '2.1.330'],
    ['2.2.0-beta.1 (Claude Code)', '2.2.0-beta.1'],
    ['error: no', null],
    ['', null],
  ])('%j is %j', (output, version) => {
    expect(printedCliVersion(output)).toBe(version);
  });
});
