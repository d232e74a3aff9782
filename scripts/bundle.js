// How a program of ours is bundled: native modules stay outside; devtools of Ink are left out.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
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
    // Of its builtins only this one: it takes constants from node:fs, where its streams tell no size.
    const startsTput = /[\\/]node_modules[\\/]terminal-size[\\/]/;
    // A class can't be made late, nor a builtin for those who import one.
    const takesClass = async (importer) =>
      /\{[^}]*\b[A-Z][^}]*\} from 'node:crypto'/.test(await readFile(importer, 'utf8'));
    pluginBuild.onResolve(
      { filter: /^node:(?:crypto|process|child_process|fs|util)$/ },
      async ({ path, importer, kind }) => {
        const hardlyUsed =
          path === 'node:crypto' ||
          inCommander.test(importer) ||
          (path === 'node:child_process' && startsTput.test(importer));
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

/**
 * Yoga's WebAssembly as bytes from the start. It fetches a data URL otherwise, and the first `fetch` of a process loads
 * all of undici, with http and tls, which takes as long as a third of `node -e 0`.
 */
const yogaInPlace = {
  name: 'yoga-in-place',
  setup(pluginBuild) {
    pluginBuild.onLoad({ filter: /[\\/]yoga-wasm-base64-esm\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const [url, bytes] = /"data:application\/octet-stream;base64,([^"]+)"/.exec(text) ?? [];
      const given = 'h.wasmBinary&&(w=h.wasmBinary);';
      if (url === undefined || !text.includes(given)) throw new Error(`${path} is not as it was`);
      return {
        contents: text
          .replace(url, () => '"data:application/octet-stream;base64,"')
          .replace(given, () => `w=Buffer.from("${bytes}","base64");`),
      };
    });
  },
};

/**
 * One `string-width`, ours: each of Ink's five copies would compile a list of every emoji, which takes 7 ms. Ours does so
 * when it is first asked about what may be one, and no first picture has any.
 */
const oneStringWidth = {
  name: 'one-string-width',
  setup(pluginBuild) {
    const ours = fileURLToPath(import.meta.resolve('string-width'));
    pluginBuild.onResolve({ filter: /^string-width$/ }, () => ({ path: ours }));
    pluginBuild.onLoad({ filter: /[\\/]string-width[\\/]index\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const late = text.replace(
        /^const (emojiPrefixRegex) = (.+);$/m,
        'let madeLate; const $1 = Object.fromEntries(["exec", "test"].map((name) => [name, (given) => (madeLate ??= $2)[name](given)]));',
      );
      if (late === text) throw new Error(`${path} is not as it was`);
      return { contents: late };
    });
  },
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
  // esbuild makes a call of `new RegExp` of such a literal, because what it matches depends on the release of Unicode. That
  // is then done whenever a line is run, for each character of a screen in Ink, and at every start.
  supported: { 'regexp-unicode-property-escapes': true, 'regexp-set-notation': true },
  jsx: 'automatic',
  minify: true,
  keepNames: true,
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['node-pty', 'cpu-features', '@napi-rs/keyring'],
  loader: { '.node': 'empty' },
};
const plugins = [withoutDevtools, lateBuiltins, yogaInPlace, oneStringWidth];

const importOfBuiltin =
  /(?<=^|[;}\n])import(?: ([\w$]+) |(?: ([\w$]+),)?\{([^{}]*)\}|\*as ([\w$]+) )from"([\w:/]+)";/g;

/**
 * Builtins are taken from the process and not imported: an import reads every name that a builtin exports, and reading
 * the streams of `node:fs` loads all of them, which takes as long as a sixth of `node -e 0`.
 */
const withBuiltinsInPlace = (text) => {
  const taken = [];
  const rest = text.replace(importOfBuiltin, (whole, alone, beside, names, all, path) => {
    if (!isBuiltin(path)) return whole;
    const builtin = `process.getBuiltinModule("${path}")`;
    for (const name of [alone, beside, all]) if (name) taken.push(`${name}=${builtin}`);
    if (names) taken.push(`{${names.replaceAll(' as ', ':')}}=${builtin}`);
    return '';
  });
  return taken.length === 0 ? rest : `const ${taken.join(',')};\n${rest}`;
};

const write = async ({ outputFiles }) => {
  for (const { path, text } of outputFiles) {
    await mkdir(dirname(path), { recursive: true });
    const isCode = path.endsWith('.js');
    const code = isCode ? withBuiltinsInPlace(text) : text;
    await writeFile(path, isCode && needsCommonJs(code) ? `${commonJs}${code}` : code);
  }
};

/** Bundles `entryPoint` into `outdir`, a chunk for each thing that is imported late; gives esbuild's account of what went where. */
export const bundle = async (entryPoint, outdir) => {
  const built = await build({ ...options, entryPoints: [entryPoint], outdir, splitting: true, plugins });
  await write(built);
  return built.metafile;
};

/**
 * Bundles `entryPoint` so that what many of its files share comes from a few files, the layers, and not from dozens of
 * chunks, which is what splitting alone makes of it and what takes 12 ms more to load for a check. A layer is named by
 * the files that it is for: it holds what they import at their top, but for what earlier layers hold and what draws.
 * Packages are bundled where they are used; React must not be there twice, so whatever stands on it is in no layer.
 */
const bundleInLayers = async (entryPoint, layers, outdir) => {
  const outbase = dirname(entryPoint);
  const nameOf = (file) =>
    relative(outbase, file)
      .replace(/\.tsx?$/, '')
      .replaceAll(/[\\/]/g, '-');
  const late = new Map([[resolve(entryPoint), nameOf(resolve(entryPoint))]]);
  const taken = new Set((await importedAtTop([entryPoint])).keys());
  const before = new Map();
  const built = [];

  for (const [name, files] of Object.entries(layers)) {
    const found = await importedAtTop(files);
    const held = [...found].filter(([file, draws]) => !taken.has(file) && !draws).map(([file]) => file);
    const layer = await build({
      ...options,
      stdin: {
        contents: held.map((file, index) => `export * as m${index} from ${JSON.stringify(file)};`).join('\n'),
        resolveDir: '.',
      },
      outfile: `${outdir}/${name}.js`,
      plugins: [lateOutside(held, late, nameOf), fromLayers(before), ...plugins],
    });
    await write(layer);
    built.push(layer.metafile);
    const exportsOf = await exportedNames(held);
    for (const [index, file] of held.entries()) {
      taken.add(file);
      before.set(file, { layer: name, module: `m${index}`, names: exportsOf.get(file) });
    }
  }

  const rest = await build({
    ...options,
    entryPoints: [...late].map(([file, name]) => ({ in: file, out: name })),
    outdir,
    splitting: true,
    plugins: [fromLayers(before), ...plugins],
  });
  await write(rest);
  return [...built, rest.metafile];
};

/** What a layer imports late is a file of its own. */
const lateOutside = (held, late, nameOf) => ({
  name: 'late-outside',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /.*/ }, async ({ path, kind, pluginData, ...how }) => {
      if (kind !== 'dynamic-import' || pluginData === 'resolving') return undefined;
      const found = await pluginBuild.resolve(path, { ...how, kind, pluginData: 'resolving' });
      if (found.external || held.includes(found.path)) return undefined;
      late.set(found.path, path.startsWith('.') ? nameOf(found.path) : path);
      return { path: `./${late.get(found.path)}.js`, external: true };
    });
  },
});

/** What a layer holds is taken from there. */
const fromLayers = (before) => ({
  name: 'from-layers',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /.*/ }, async ({ path, pluginData, namespace, ...how }) => {
      if (namespace === 'layer') return { path: `./${path}.js`, external: true };
      if (pluginData === 'resolving' || how.kind === 'entry-point' || !path.startsWith('.')) return undefined;
      const found = await pluginBuild.resolve(path, { ...how, pluginData: 'resolving' });
      if (!before.has(found.path)) return undefined;
      // One for each importer: one for all of them would be a chunk of its own.
      return {
        path: `${found.path} for ${how.importer}`,
        namespace: 'layer',
        pluginData: before.get(found.path),
      };
    });
    pluginBuild.onLoad({ filter: /.*/, namespace: 'layer' }, ({ pluginData: { layer, module, names } }) => ({
      contents: `import { ${module} } from '${layer}'; export const { ${names.join(', ')} } = ${module};`,
    }));
  },
});

/** Our files that `files` import at their top, they among them, each with whether it stands on React. */
const importedAtTop = async (files) => {
  const { metafile } = await build({ ...options, entryPoints: files, outdir: '.', splitting: true, plugins });
  const importsOf = (file) =>
    metafile.inputs[file].imports
      .filter(({ kind, external }) => kind === 'import-statement' && !external)
      .map(({ path }) => path);
  const isOurs = (file) => !/^[a-z-]+:|node_modules/.test(file);
  const found = new Map();
  const visit = (file) => {
    if (found.has(file)) return found.get(file);
    if (!isOurs(file)) return /node_modules\/(?:react|ink|@inkjs)\//.test(file);
    found.set(file, false);
    const draws = importsOf(file)
      .map(visit)
      .some((imported) => imported);
    found.set(file, draws);
    return draws;
  };
  for (const file of files) visit(file);
  return new Map([...found].map(([file, draws]) => [resolve(file), draws]));
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

/** Bundles the program; gives esbuild's accounts of what went where. */
export const bundleProgram = (outdir) =>
  bundleInLayers(
    'src/main.ts',
    {
      // The command that scripts call most often.
      core: ['src/run.ts', 'src/cli/check.ts'],
      // What the screens do, which the other commands do as well.
      actions: ['src/tui/run-tui.tsx'],
    },
    outdir,
  );
