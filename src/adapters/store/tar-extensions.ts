import { type TarHeader, type TarType, textIn } from './tar-header.ts';

/** An entry with all that the archive says about it. */
export interface TarEntry extends TarHeader {
  /** Whether the content is stored with its holes left out. */
  readonly isSparse: boolean;
}

/** What headers say about the entries behind them, where one header has not enough room. */
export interface TarExtensions {
  /** Keeps what such a header holds. */
  add(type: TarType, content: Buffer): void;
  /** The entry that follows them. */
  applyTo(header: TarHeader): TarEntry;
}

/** Types of headers that are about the entries behind them. */
export const extensionTypes: ReadonlySet<TarType> = new Set(['pax', 'pax-global', 'long-path', 'long-link']);

type Records = ReadonlyMap<string, string>;

export const createTarExtensions = (): TarExtensions => {
  let global: Records = new Map();
  let local: Records = new Map();
  let longPath = '';
  let longLink = '';
  return {
    add(type, content) {
      if (type === 'pax') local = recordsIn(content);
      else if (type === 'pax-global') global = new Map([...global, ...recordsIn(content)]);
      else if (type === 'long-path') longPath = textIn(content);
      else longLink = textIn(content);
    },
    applyTo(header) {
      const records = new Map([...global, ...local]);
      const size = records.get('size');
      const entry = {
        ...header,
        name: records.get('path') || longPath || header.name,
        linkname: records.get('linkpath') || longLink || header.linkname,
        size: size === undefined ? header.size : decimal(size),
        isSparse: records.has(sparse),
      };
      local = new Map();
      longPath = '';
      longLink = '';
      return entry;
    },
  };
};

const sparse = 'GNU.sparse';

/** Others are not kept: those for all entries would pile up, however many there are. */
const keptKey = (key: string): string | null =>
  key.startsWith(sparse) ? sparse : ['path', 'linkpath', 'size'].includes(key) ? key : null;

const decimal = (text: string): number => (/^\d+$/.test(text) ? Number(text) : Number.NaN);

/**
 * `LENGTH KEY=VALUE\n`, again and again; the length is in bytes and counts all of it (source: POSIX pax). What is not of
 * that form ends them.
 */
const recordsIn = (content: Buffer): Records => {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(' ', at);
    const length = space === -1 ? Number.NaN : decimal(content.toString('latin1', at, space));
    const end = at + length;
    const equals = content.indexOf('=', space);
    if (!(end <= content.length && equals > space && equals < end)) break;
    const key = keptKey(content.toString('utf8', space + 1, equals));
    if (key !== null) records.set(key, content.toString('utf8', equals + 1, end - 1));
    at = end;
  }
  return records;
};
