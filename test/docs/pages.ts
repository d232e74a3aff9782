import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

/** Where the repository is. */
export const repository = fileURLToPath(root);

export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

export interface Link {
  readonly text: string;
  /** As it is written: a path relative to the page, an anchor, or an address. */
  readonly target: string;
}

/** A page of the documentation, taken apart. */
export interface Page {
  /** Relative to the repository. */
  readonly path: string;
  readonly blocks: readonly CodeBlock[];
  /** Code within lines, outside of blocks. */
  readonly inline: readonly string[];
  readonly links: readonly Link[];
  /** What its headings are called in links. */
  readonly anchors: ReadonlySet<string>;
  /** Rows of its tables, as cells. */
  readonly rows: readonly (readonly string[])[];
}

/** The pages that people read: README and the like, docs/, guides and decisions. */
export const readPages = async (): Promise<readonly Page[]> => {
  const files = await readdir(root, { recursive: false });
  const docs = await readdir(new URL('docs/', root), { recursive: true });
  const paths = [...files, ...docs.map((path) => `docs/${path}`)].filter((path) => path.endsWith('.md'));
  return Promise.all(
    paths.sort().map(async (path) => takeApart(path, await readFile(new URL(path, root), 'utf8'))),
  );
};

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;

const takeApart = (path: string, text: string): Page => {
  const prose = text.replaceAll(fence, '');
  const lines = prose.split('\n');
  return {
    path,
    blocks: [...text.matchAll(fence)].map(([, language = '', code = '']) => ({ language, text: code })),
    inline: inlineCode(prose),
    links: [...prose.matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, name = '', target = '']) => ({
      text: name,
      target,
    })),
    anchors: new Set(lines.flatMap((line) => headingAnchor(line) ?? [])),
    rows: lines.flatMap((line) => (/^\|(?!-)/.test(line) ? [cellsOf(line)] : [])),
  };
};

/** Code within lines; a pipe in a table is written with a backslash. */
export const inlineCode = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) =>
    code.replaceAll('\\|', '|').replaceAll(/\s+/g, ' '),
  );

const cellsOf = (line: string): readonly string[] =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());

/** As GitHub makes it: lower case, spaces as dashes, nothing but letters, digits, dashes and underscores. */
const headingAnchor = (line: string): string | null => {
  const [, title] = /^#{1,6} (.+)$/.exec(line) ?? [];
  return title === undefined
    ? null
    : title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-');
};
