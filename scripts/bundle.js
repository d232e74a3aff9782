// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { build } from 'esbuild';

/**
 * Builtins that a dependency names at its top and hardly uses. An import of `node:process` opens every stream of the
 * process, one of `node:child_process` loads the network's half of Node: 8 and 4 ms of a start of 25.
 */
const lightBuiltins = {
  name: 'light-builtins',
  setup(pluginBuild) {
    const light = {
      'node:process': 'export default process;',
      'node:child_process':
        "export default { spawn: (...args) => process.getBuiltinModule('node:child_process').spawn(...args) };",
    };
    pluginBuild.onResolve({ filter: /^node:(?:process|child_process)$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer)
        ? { path, namespace: 'light-builtin' }
        : undefined,
    );
    pluginBuild.onLoad({ filter: /.*/, namespace: 'light-builtin' }, ({ path }) => ({
      contents: light[path],
    }));
  },
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
      lightBuiltins,
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
