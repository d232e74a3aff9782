// A file of its own to be loaded on demand: of a CommonJS package that is imported directly, the bundle has no names.
import { parse } from 'yaml';

/** Parses a compose file. `maxAliasCount` bounds what a small file can expand to. Throws what `yaml` throws. */
export const parseYaml = (text: string): unknown => parse(text, { merge: true, maxAliasCount: 1000 });
