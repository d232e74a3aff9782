import { readFile, stat } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fail, ok, type Result } from '../../domain/failure.ts';
import { composeServices } from '../../domain/mounts/compose.ts';
import { interpolateAll, parseEnvFile, type Variables } from '../../domain/mounts/interpolate.ts';
import type { SourceKind } from '../../domain/mounts/mounts.ts';
import type { ComposeFiles } from '../../ports/compose-files.ts';

interface ComposeFilesInput {
  readonly env: Variables;
  readonly homeDir: string;
}

/** Looked for in this order; of each list the first that is there is taken (source: Compose specification, "Compose file"). */
const defaultNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const overrideNames = defaultNames.map((name) => name.replace(/\.(ya?ml)$/, '.override.$1'));

/** Larger than any real compose file; what is larger is not read. */
const limitBytes = 4 * 1024 * 1024;

export const createComposeFiles = ({ env, homeDir }: ComposeFilesInput): ComposeFiles => ({
  async read(cwd, files) {
    const paths = await choose(cwd, files, env);
    const first = paths[0];
    if (first === undefined) return ok(null);
    const projectDir = dirname(first);
    const variables = { ...(await envFile(projectDir)), ...env };
    const { parseYaml } = await import('./parse-yaml.ts');
    const documents: unknown[] = [];
    for (const path of paths) {
      const text = await readText(path);
      if (!text.ok) return text;
      const parsed = parsedOrNot(path, text.value, parseYaml);
      if (!parsed.ok) return parsed;
      documents.push(interpolateAll(parsed.value, variables));
    }
    const profiles = (variables.COMPOSE_PROFILES ?? '').split(',').filter(Boolean);
    return ok({
      files: paths,
      services: composeServices(documents, { projectDir, home: homeDir, profiles }),
    });
  },

  async sourceKind(path): Promise<SourceKind> {
    try {
      const found = await stat(path);
      return found.isDirectory() ? 'directory' : 'file';
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable';
    }
  },
});

const choose = async (cwd: string, files: readonly string[], env: Variables): Promise<readonly string[]> => {
  if (files.length > 0) return files.map((file) => resolve(cwd, file));
  const named = env.COMPOSE_FILE?.split(env.COMPOSE_PATH_SEPARATOR || delimiter).filter(Boolean) ?? [];
  if (named.length > 0) return named.map((file) => resolve(cwd, file));
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const main = await firstThere(folder, defaultNames);
    if (main !== null) {
      const override = await firstThere(folder, overrideNames);
      return override === null ? [main] : [main, override];
    }
    if (folder === dirname(folder)) return [];
  }
};

const firstThere = async (folder: string, names: readonly string[]): Promise<string | null> => {
  for (const name of names) {
    const path = join(folder, name);
    if ((await stat(path).catch(() => null))?.isFile()) return path;
  }
  return null;
};

const envFile = async (projectDir: string): Promise<Variables> => {
  const text = await readText(join(projectDir, '.env'));
  return text.ok ? parseEnvFile(text.value) : {};
};

/** Only regular files are opened: a FIFO would block for ever. */
const readText = async (path: string): Promise<Result<string>> => {
  try {
    const { size, ...found } = await stat(path).then((s) => ({ size: s.size, regular: s.isFile() }));
    if (!found.regular) return unreadable(path, 'it is not a file');
    if (size > limitBytes) return unreadable(path, 'it is larger than 4 MiB');
    return ok(await readFile(path, 'utf8'));
  } catch (error) {
    return unreadable(
      path,
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it is not there' : firstLine(error),
    );
  }
};

const parsedOrNot = (path: string, text: string, parse: (text: string) => unknown): Result<unknown> => {
  try {
    return ok(parse(text));
  } catch (error) {
    return unreadable(path, `it is not valid YAML (${firstLine(error)})`);
  }
};

const unreadable = (path: string, why: string) =>
  fail('compose.unreadable', `${path} was not checked`, why, 'name the compose files with --compose FILE');

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
