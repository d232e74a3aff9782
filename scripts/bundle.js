// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
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

/**
 * A module with what a builtin has: its functions as ones that load it when they are called, the rest (classes,
 * constants) as it is, which esbuild drops where nobody imports it.
 */
const lateModule = (path) => {
  const members = Object.entries(process.getBuiltinModule(path)).filter(([name]) => name !== 'default');
  const isLate = ([name, value]) => typeof value === 'function' && /^[a-z]/.test(name);
  const late = members.filter(isLate).map(([name]) => name);
  const others = members.filter((member) => !isLate(member)).map(([name]) => name);
  return [
    `const late = (name) => (...args) => process.getBuiltinModule('${path}')[name](...args);`,
    `const now = (name) => process.getBuiltinModule('${path}')[name];`,
    ...late.map((name) => `export const ${name} = /* @__PURE__ */ late('${name}');`),
    ...others.map((name) => `export const ${name} = /* @__PURE__ */ now('${name}');`),
    `export default { ${late.join(', ')} };`,
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

/** Bundles `entryPoint` into `outdir`, a chunk for each thing that is imported late; gives esbuild's account of what went where. */
export const bundle = async (entryPoint, outdir) => {
  const { outputFiles, metafile } = await build({
    entryPoints: [entryPoint],
    outdir,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
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
    plugins: [withoutDevtools, lateBuiltins],
  });
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith('.js') && needsCommonJs(text) ? `${commonJs}${text}` : text);
  }
  return metafile;
};
