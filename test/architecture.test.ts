import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const sourceFolder = fileURLToPath(new URL('../src', import.meta.url));

/** What each layer may import of ours. Files right in `src` put the program together and may import everything. */
const layers: Readonly<Record<string, readonly string[]>> = {
  domain: ['domain'],
  ports: ['domain', 'ports'],
  usecases: ['domain', 'ports', 'usecases'],
  // A command may open a screen (`login`, `claude-setup` alone); no screen knows a command.
  cli: ['domain', 'ports', 'usecases', 'cli', 'tui'],
  tui: ['domain', 'ports', 'usecases', 'tui'],
  adapters: ['domain', 'ports', 'adapters'],
};

/** Packages that reach out of the process: adapters only. */
const outward = [
  /^dockerode$/,
  /^(?:@lydell\/)?node-pty$/,
  /^conf$/,
  /^proper-lockfile$/,
  /^node:(?:fs|fs\/promises|child_process|net|http|https)$/,
];

/** What a TypeScript source imports, by any of `import`, `export … from`, `import()` and `typeof import()`. */
const importsOf = (source: string): readonly string[] =>
  [
    ...source.matchAll(
      /(?:^|[\n;}])\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|(?:^|[\n;])\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g,
    ),
  ].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');

/** The rules that a file breaks. `path` is relative to `src`, with forward slashes. */
const broken = (path: string, source: string): readonly string[] => {
  const layer = path.includes('/') ? (path.split('/')[0] ?? '') : null;
  if (layer === null) return [];
  const allowed = layers[layer];
  if (allowed === undefined) return [`${path}: no layer is named ${layer}`];
  const imports = importsOf(source).flatMap((name) => {
    if (name.startsWith('node:') || !name.startsWith('.')) {
      const isOutward = layer !== 'adapters' && outward.some((pattern) => pattern.test(name));
      return isOutward ? [`${path} imports ${name}, which is for adapters only`] : [];
    }
    const target = posix.join(posix.dirname(path), name);
    const [first = '', rest] = target.split('/');
    if (rest === undefined || allowed.includes(first)) return [];
    return [`${path} imports ${target}: ${layer} may use ${allowed.join(', ')}`];
  });
  const exits = /\bprocess\.exit\(/.test(source) ? [`${path} ends the process; only main may`] : [];
  const environment =
    layer !== 'adapters' && /\bprocess\.env\b/.test(source) ? [`${path} reads the environment`] : [];
  return [...imports, ...exits, ...environment];
};

describe('the directions of imports', () => {
  it('are kept by every source', async () => {
    const names = await readdir(sourceFolder, { recursive: true });
    const sources = names.filter((name) => /\.tsx?$/.test(name)).map((name) => join(sourceFolder, name));
    expect(sources.length).toBeGreaterThan(100);
    const found = await Promise.all(
      sources.map(async (file) =>
        broken(relative(sourceFolder, file).replaceAll('\\', '/'), await readFile(file, 'utf8')),
      ),
    );
    expect(found.flat()).toEqual([]);
  });

  it.each([
    ['domain/a.ts', "import type { Engine } from '../ports/engine.ts';"],
    ['usecases/a.ts', "import {\n  one,\n  two,\n} from '../adapters/docker/engine.ts';"],
    ['usecases/a.ts', "export { one } from '../cli/io.ts';"],
    ['cli/a.ts', "const screens = await import('../adapters/pty/session.ts');"],
    ['tui/screens/a/b.tsx', "import { run } from '../../../cli/io.ts';"],
    ['tui/a.tsx', "import Docker from 'dockerode';"],
    ['usecases/a.ts', "import { join } from 'node:path';\nimport { readFile } from 'node:fs/promises';"],
    ['domain/a.ts', "import 'node:child_process';"],
    ['ports/a.ts', "export type Pty = import('node-pty').IPty;"],
    ['adapters/a.ts', "import { plan } from '../usecases/plan.ts';"],
    ['cli/a.ts', 'process.exit(1);'],
    ['cli/a.ts', 'const home = process.env.HOME;'],
    ['helpers/a.ts', ''],
  ])('a made-up %s with %j breaks them', (path, source) => {
    expect(broken(path, source)).toHaveLength(1);
  });

  it.each([
    ['usecases/a.ts', "import { join } from 'node:path';\nimport type { Ports } from '../ports/ports.ts';"],
    ['tui/screens/a/b.tsx', "import { Text } from 'ink';\nimport { a } from './a.ts';"],
    ['adapters/docker/a.ts', "import Docker from 'dockerode';\nimport { b } from '../../domain/b.ts';"],
    ['cli/a.ts', "import { version } from '../version.ts';\n// import { x } from 'dockerode';"],
    ['main.ts', "import { engine } from './adapters/docker/engine.ts';\nprocess.exit(1);"],
  ])('a made-up %s with %j keeps them', (path, source) => {
    expect(broken(path, source)).toEqual([]);
  });

  it('no folder is a drawer for everything', async () => {
    const names = await readdir(sourceFolder, { recursive: true });
    expect(names.filter((name) => /(?:^|\/)(?:utils?|helpers?|manager)(?:\.|\/|$)/.test(name))).toEqual([]);
  });

  it('only the refresh hands out a whole login', async () => {
    const names = (await readdir(sourceFolder, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
    const using = async (pattern: RegExp, folder: RegExp) => {
      const found: string[] = [];
      for (const name of names.filter((candidate) => folder.test(candidate))) {
        if (pattern.test(await readFile(join(sourceFolder, name), 'utf8'))) found.push(name);
      }
      return found.sort();
    };
    expect(await using(/\btoWorkingCopy\b|\.startRefresh\b/, /^(?:usecases|cli|tui)\//)).toEqual([
      'usecases/refresh.ts',
    ]);
    // To the one holder that `apply --full` makes, which the refresh keeps an eye on.
    expect(await using(/\btoFullLogin\b/, /^(?:usecases|cli|tui)\//)).toEqual(['usecases/publish.ts']);
    const mayNameIt = [
      // Made up, for the practice.
      'adapters/practice/issuer.ts',
      'domain/credentials.ts',
      'domain/lease.ts',
      // Only what it is called, to mask it.
      'domain/redact.ts',
      'domain/working-copy.ts',
    ];
    const named = await using(/\brefreshToken\b/, /./);
    expect(named).toContain('domain/working-copy.ts');
    expect(named.filter((name) => !mayNameIt.includes(name))).toEqual([]);
  });
});
