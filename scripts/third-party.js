// What of other people is in the bundle: their licences, and a bill of materials.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Packages that bring no licence file: which licence they name, and whom their sources name. */
const withoutFile = {
  '@xterm/headless': [
    'MIT',
    'Copyright (c) 2014-2024 The xterm.js authors',
    'Copyright (c) 2012-2013 Christopher Jeffrey',
  ],
  'split-ca': ['ISC', 'Copyright (c) Charles Bushong'],
  'yoga-layout': ['MIT', 'Copyright (c) Meta Platforms, Inc. and affiliates'],
};

/** The packages of which something is in the bundle, each version once; by esbuild's accounts. */
const bundledPackages = async (metafiles) => {
  const folders = new Set(
    metafiles.flatMap(({ outputs }) =>
      Object.values(outputs).flatMap(({ inputs }) =>
        Object.keys(inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []),
      ),
    ),
  );
  const packages = new Map();
  for (const folder of folders) {
    const { name, version, license, licenses } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    packages.set(`${name}@${version}`, { name, folder, licence: license ?? licenses?.[0]?.type });
  }
  return new Map([...packages].toSorted(([a], [b]) => (a < b ? -1 : 1)));
};

const licenceTexts = async ({ name, folder }) => {
  const files = (await readdir(folder))
    .filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file))
    .toSorted();
  if (files.length > 0) return Promise.all(files.map((file) => readFile(`${folder}/${file}`, 'utf8')));
  const [licence, ...holders] = withoutFile[name] ?? [];
  if (licence === undefined)
    throw new Error(`${name} brings no licence file: say in scripts/third-party.js what holds for it`);
  const text = await readFile(new URL(`licences/${licence}.txt`, import.meta.url), 'utf8');
  return [text.replace('COPYRIGHT', holders.join('\n'))];
};

const writeLicences = async (packages, file) => {
  const sections = [];
  for (const [id, one] of packages) {
    const texts = (await licenceTexts(one)).map((text) => text.trim());
    sections.push(`${id} (${one.licence})\n\n${texts.join('\n\n')}\n`);
  }
  const line = `${'-'.repeat(80)}\n\n`;
  await writeFile(
    file,
    `Parts of these packages are in this program.\n\n${sections.map((text) => line + text).join('\n')}`,
  );
};

/** What goes into the setup image beside its base (source: docker/Dockerfile.claude-setup). */
const imageComponents = (dockerfile) => {
  const argument = (name) => new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(dockerfile)?.[1] ?? '';
  const [base, tag] = argument('BASE_IMAGE').split(':');
  const version = argument('CLAUDE_CLI_VERSION');
  const inImage = [{ name: 'claude-setup:part', value: 'setup image' }];
  return [
    {
      'bom-ref': `${base}:${tag}`,
      type: 'container',
      name: base,
      version: tag,
      purl: `pkg:docker/${base}@${tag}`,
      properties: inImage,
    },
    {
      'bom-ref': `@anthropic-ai/claude-code@${version}`,
      type: 'application',
      name: '@anthropic-ai/claude-code',
      version,
      purl: `pkg:npm/%40anthropic-ai/claude-code@${version}`,
      properties: inImage,
    },
  ];
};

/** A CycloneDX bill: of the lock file what is bundled or installed with the program, and what the image gets. The same inputs give the same bytes. */
const writeBill = async (packages, file) => {
  const { stdout } = await promisify(execFile)(
    'npm',
    ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'],
    {
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  const { serialNumber: _, ...bill } = JSON.parse(stdout);
  const { timestamp: __, ...metadata } = bill.metadata;
  const isDevelopment = ({ properties }) =>
    properties?.some(({ name }) => name === 'cdx:npm:package:development');
  // npm 10 names a package once for each place that it is in.
  const each = [...new Map(bill.components.map((component) => [component['bom-ref'], component])).values()];
  const shipped = each.flatMap((component) => {
    const bundled = packages.has(component['bom-ref']);
    if (!bundled && isDevelopment(component)) return [];
    return [
      {
        ...component,
        scope: bundled ? 'required' : component.scope,
        properties: [{ name: 'claude-setup:part', value: bundled ? 'bundled' : 'installed' }],
      },
    ];
  });
  const components = [
    ...shipped,
    ...imageComponents(await readFile('docker/Dockerfile.claude-setup', 'utf8')),
  ];
  const known = new Set([metadata.component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = bill.dependencies
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => known.has(one)) }));
  await writeFile(file, `${JSON.stringify({ ...bill, metadata, components, dependencies }, null, 1)}\n`);
};

/** Writes `THIRD-PARTY-LICENSES.txt` and `sbom.cdx.json` for a program that was bundled with these accounts of esbuild's. */
export const writeThirdParty = async (metafiles, outdir) => {
  const packages = await bundledPackages(metafiles);
  await writeLicences(packages, `${outdir}/THIRD-PARTY-LICENSES.txt`);
  await writeBill(packages, `${outdir}/sbom.cdx.json`);
};
