// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { build } from 'esbuild';

/** Bundles `entryPoint` into `outdir`. */
export const bundle = (entryPoint, outdir) =>
  build({
    entryPoints: [entryPoint],
    outdir,
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
