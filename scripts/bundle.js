// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const withoutDevtools = {
  name: 'without-devtools',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^react-devtools-core$/ }, () => ({
      path: 'react-devtools-core',
      namespace: 'empty',
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'empty' }, () => ({
      contents: 'export default undefined;',
    }));
  },
};

/**
 * Builtins that are imported at the top of a file and hardly ever used: loaded at their first call instead. A start of
 * 25 ms takes 6 more for `node:crypto`, 8 for an import of `node:process` (it opens every stream), 4 for
 * `node:child_process`.
 */
const lateBuiltins = {
  name: 'late-builtins',
  setup(pluginBuild) {
    const inCommander = /[\\/]node_modules[\\/]commander[\\/]/;
    // A class can't be made late, nor a builtin for those who import one.
    const takesClass = async (importer) =>
      /\{[^}]*\b[A-Z][^}]*\} from 'node:crypto'/.test(await readFile(importer, 'utf8'));
    pluginBuild.onResolve(
      { filter: /^node:(?:crypto|process|child_process|fs|util)$/ },
      async ({ path, importer, kind }) => {
        const hardlyUsed = path === 'node:crypto' || inCommander.test(importer);
        const isLate = kind === 'import-statement' && hardlyUsed && !(await takesClass(importer));
        return isLate ? { path, namespace: 'late-builtin' } : undefined;
      },
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: 'late-builtin' }, ({ path }) => ({
      contents: path === 'node:process' ? 'export default process;' : lateModule(path),
    }));
  },
};

/** A module with every function of a builtin as one that loads it when it is called. */
const lateModule = (path) => {
  const names = Object.entries(process.getBuiltinModule(path)).flatMap(([name, value]) =>
    typeof value === 'function' && /^[a-z]/.test(name) ? [name] : [],
  );
  return [
    `const late = (name) => (...args) => process.getBuiltinModule('${path}')[name](...args);`,
    ...names.map((name) => `export const ${name} = /* @__PURE__ */ late('${name}');`),
    `export default { ${names.join(', ')} };`,
  ].join('\n');
};

/** What a chunk needs in front that has CommonJS in it. Long names: short ones collide with minified identifiers. */
const commonJs = [
  "import { createRequire as bundleCreateRequire } from 'node:module';",
  "import { fileURLToPath as bundleFileUrlToPath } from 'node:url';",
  'const require = bundleCreateRequire(import.meta.url);',
  'const __filename = bundleFileUrlToPath(import.meta.url);',
  "const __dirname = bundleFileUrlToPath(new URL('.', import.meta.url));",
  '',
].join('\n');

const needsCommonJs = (text) => /\b(?:require|__dirname|__filename)\b/.test(text);

const options = {
  write: false,
  metafile: true,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  jsx: 'automatic',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['node-pty', 'cpu-features', '@napi-rs/keyring'],
  loader: { '.node': 'empty' },
};
const plugins = [withoutDevtools, lateBuiltins];

const write = async ({ outputFiles }) => {
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith('.js') && needsCommonJs(text) ? `${commonJs}${text}` : text);
  }
};

/** Bundles `entryPoint` into `outdir`, a chunk for each thing that is imported late; gives esbuild's account of what went where. */
export const bundle = async (entryPoint, outdir) => {
  const built = await build({ ...options, entryPoints: [entryPoint], outdir, splitting: true, plugins });
  await write(built);
  return built.metafile;
};

/**
 * Bundles `entryPoint` so that what the files in `core` import at their top is one file, `core.js`, and every other
 * file has it from there. Two dozen chunks, which is what splitting alone makes of it, take 12 ms more to load.
 */
const bundleAroundCore = async (entryPoint, core, outdir) => {
  const outbase = dirname(entryPoint);
  const atStart = await importedAtTop([entryPoint]);
  const inCore = (await importedAtTop(core)).filter((file) => !atStart.includes(file));
  const exportsOf = await exportedNames(inCore);
  const nameOf = (file) =>
    relative(outbase, file)
      .replace(/\.tsx?$/, '')
      .replaceAll(/[\\/]/g, '-');
  const late = new Map([[resolve(entryPoint), nameOf(resolve(entryPoint))]]);

  const coreFile = await build({
    ...options,
    stdin: {
      contents: inCore.map((file, index) => `export * as m${index} from ${JSON.stringify(file)};`).join('\n'),
      resolveDir: '.',
      sourcefile: 'core.js',
    },
    outfile: `${outdir}/core.js`,
    plugins: [
      ...plugins,
      {
        name: 'late-imports-outside',
        setup(pluginBuild) {
          pluginBuild.onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...how }) => {
            if (kind !== 'dynamic-import' || pluginData === 'resolving') return undefined;
            const found = await pluginBuild.resolve(path, { ...how, kind, pluginData: 'resolving' });
            if (found.external || inCore.includes(found.path)) return undefined;
            late.set(found.path, path.startsWith('.') ? nameOf(found.path) : path);
            return { path: `./${late.get(found.path)}.js`, external: true };
          });
        },
      },
    ],
  });
  await write(coreFile);

  const rest = await build({
    ...options,
    entryPoints: [...late].map(([file, name]) => ({ in: file, out: name })),
    outdir,
    splitting: true,
    plugins: [
      {
        name: 'core-outside',
        setup(pluginBuild) {
          pluginBuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...how }) => {
            if (pluginData === 'resolving' || how.kind === 'entry-point') return undefined;
            if (path === 'core') return { path: './core.js', external: true };
            const found = await pluginBuild.resolve(path, { ...how, pluginData: 'resolving' });
            return inCore.includes(found.path) ? { path: found.path, namespace: 'core' } : undefined;
          });
          pluginBuild.onLoad({ filter: /.*/, namespace: 'core' }, ({ path }) => ({
            contents: `import { m${inCore.indexOf(path)} } from 'core'; export const { ${exportsOf.get(path).join(', ')} } = m${inCore.indexOf(path)};`,
          }));
        },
      },
      ...plugins,
    ],
  });
  await write(rest);
  return { core: coreFile.metafile, rest: rest.metafile };
};

/** The files that `files` import at their top, they among them. */
const importedAtTop = async (files) => {
  const { metafile } = await build({ ...options, entryPoints: files, outdir: '.', splitting: true, plugins });
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    for (const { path, kind, external } of metafile.inputs[file].imports)
      if (kind === 'import-statement' && !external) visit(path);
  };
  for (const file of files) visit(file);
  return [...found].filter((file) => !/^[a-z-]+:|node_modules/.test(file)).map((file) => resolve(file));
};

const exportedNames = async (files) => {
  const { metafile } = await build({
    ...options,
    entryPoints: files,
    outdir: '/',
    outbase: '/',
    splitting: true,
    plugins,
  });
  return new Map(
    Object.values(metafile.outputs).flatMap(({ entryPoint, exports }) =>
      entryPoint ? [[resolve(entryPoint), exports]] : [],
    ),
  );
};

/** Bundles the program. The core is what a check needs, the command that scripts call most often. */
export const bundleProgram = (outdir) =>
  bundleAroundCore('src/main.ts', ['src/run.ts', 'src/cli/check.ts'], outdir);
