import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../scripts/bundle.js';
import { writeThirdParty } from '../scripts/third-party.js';
import { testedCliVersion } from '../src/domain/config.ts';
import { makeTemporary } from './support/temporary.ts';

const read = (path: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');
const manifest = JSON.parse(await read('package.json'));
const ours: readonly string[] = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
  Object.keys(manifest[kind]),
);

/** Licences that ask for no more than to be named; their texts are shipped. */
const allowed = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'Unlicense'];

interface Component {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties: readonly { readonly name: string; readonly value: string }[];
}

describe('what the bundle says of its parts', () => {
  let licences = '';
  let bill: {
    readonly bomFormat: string;
    readonly specVersion: string;
    readonly components: readonly Component[];
    readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  };
  let again = '';
  let first = '';
  beforeAll(async () => {
    const { root, remove } = await makeTemporary();
    try {
      const accounts = Object.values(await bundleProgram(root));
      const written = async () => {
        await writeThirdParty(accounts, root);
        return readFile(join(root, 'sbom.cdx.json'), 'utf8');
      };
      [first, again] = [await written(), await written()];
      bill = JSON.parse(first);
      licences = await readFile(join(root, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    } finally {
      await remove();
    }
  }, 120_000);

  const headings = () => [...licences.matchAll(/^-{80}\n\n(\S+@[\d.]+\S*) \((.+)\)\n\n(.*)/gm)];
  const partsOf = (part: string) => bill.components.filter(({ properties }) => properties[0]?.value === part);

  it('every package in it is named with a licence that may be shipped so, and with its text', () => {
    expect(headings().length).toBeGreaterThan(50);
    for (const [, id, licence, text] of headings()) {
      expect(allowed, id).toContain(licence);
      expect(text?.length, id).toBeGreaterThan(5);
    }
    for (const name of ['ink', 'react', 'dockerode', 'zod', 'commander', 'yoga-layout', '@xterm/headless'])
      expect(headings().map(([, id]) => id?.replace(/@[^@]+$/, ''))).toContain(name);
    expect(licences).not.toMatch(/^COPYRIGHT$/m);
  });

  it('the bill of materials is CycloneDX, and names those packages with what the lock file says of them', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: expect.stringMatching(/^1\.[5-9]$/) });
    expect(
      partsOf('bundled')
        .map((one) => one['bom-ref'])
        .toSorted(),
    ).toEqual(
      headings()
        .map(([, id]) => id)
        .toSorted(),
    );
    for (const { purl, hashes, ...one } of [...partsOf('bundled'), ...partsOf('installed')]) {
      expect(purl).toMatch(/^pkg:npm\/.+@\d/);
      expect(hashes?.[0], one['bom-ref']).toMatchObject({ alg: 'SHA-512' });
    }
    expect(partsOf('installed').map(({ name }) => name)).toContain('@lydell/node-pty-linux-x64');
    const refs = new Set(bill.components.map((one) => one['bom-ref']));
    expect(refs.size).toBe(bill.components.length);
    for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
  });

  it('it names what the image gets too, in the versions that are pinned', () => {
    expect(partsOf('setup image').map(({ type, purl }) => [type, purl])).toEqual([
      ['container', 'pkg:docker/node@24-bookworm-slim'],
      ['application', `pkg:npm/%40anthropic-ai/claude-code@${testedCliVersion}`],
    ]);
  });

  it('is the same when it is made again', () => {
    expect(again).toBe(first);
  });
});

describe('the lock file', () => {
  it('pins every package by its hash, from the public registry', async () => {
    const { lockfileVersion, packages } = JSON.parse(await read('package-lock.json'));
    expect(lockfileVersion).toBe(3);
    const { '': root, ...others } = packages;
    expect(Object.keys(others).length).toBeGreaterThan(100);
    expect(root.devDependencies).toEqual(manifest.devDependencies);
    for (const [path, { resolved, integrity, inBundle }] of Object.entries<Record<string, unknown>>(others)) {
      if (inBundle === true) continue;
      // One that is not named is asked of the registry by its name.
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:\/\/registry\.npmjs\.org\//);
      expect(integrity, path).toMatch(/^sha512-/);
    }
  });

  it('names every package that would run a script when it is installed', async () => {
    const { packages } = JSON.parse(await read('package-lock.json'));
    const scripted = Object.entries<Record<string, unknown>>(packages)
      .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
  });
});

describe('docs/decisions/dependencies.md', () => {
  it('gives a reason for every package that we depend on, and for no other', async () => {
    const page = await read('docs/decisions/dependencies.md');
    const named = [...page.matchAll(/^\| (.+?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
    const installedUnder = (name: string) => {
      const range = manifest.dependencies[name] ?? '';
      return range.startsWith('npm:') ? range.slice(4).replace(/@[^@]*$/, '') : name;
    };
    const expected = ours.flatMap((name) => [...new Set([name, installedUnder(name)])]);
    expect(named.filter((name) => name !== 'zod/mini').toSorted()).toEqual(expected.toSorted());
  });
});
