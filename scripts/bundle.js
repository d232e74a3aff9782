// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { build } from 'esbuild';

/**
 * Builtins that are imported at the top of a file and hardly ever used: loaded at their first call instead. A start of
 * 25 ms takes 6 more for `node:crypto`, 8 for an import of `node:process` (it opens every stream), 4 for
 * `node:child_process`.
 */
const lateBuiltins = {
  name: 'late-builtins',
  setup(pluginBuild) {
    const inCommander = /[\\/]node_modules[\\/]commander[\\/]/;
    pluginBuild.onResolve(
      { filter: /^node:(?:crypto|process|child_process|fs|util)$/ },
      ({ path, importer, kind }) =>
        kind === 'import-statement' && (path === 'node:crypto' || inCommander.test(importer))
          ? { path, namespace: 'late-builtin' }
          : undefined,
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

/** Bundles `entryPoint` into `outdir`; gives esbuild's account of what went where. */
export const bundle = (entryPoint, outdir) =>
  build({
    entryPoints: [entryPoint],
    outdir,
    bundle: true,
    metafile: true,
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
    banner: {
      js: [
        "import { createRequire as bundleCreateRequire } from 'node:module';",
        "import { fileURLToPath as bundleFileUrlToPath } from 'node:url';",
        'const require = bundleCreateRequire(import.meta.url);',
        'const __filename = bundleFileUrlToPath(import.meta.url);',
        "const __dirname = bundleFileUrlToPath(new URL('.', import.meta.url));",
      ].join('\n'),
    },
    plugins: [
      lateBuiltins,
      {
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
      },
    ],
  });
