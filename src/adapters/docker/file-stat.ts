import * as z from 'zod/mini';
import type { RemoteStat } from '../../ports/runtime.ts';
import { NotAnEngine } from './engine-errors.ts';

const statSchema = z.object({ size: z.number(), mode: z.number(), mtime: z.string() });

/** Bits of Go's `fs.FileMode`, which are not those of `st_mode` (source: Go's `io/fs` package). */
const goDirectory = 31;
const goLink = 27;
/** Append, exclusive and temporary mean nothing on Linux; device, pipe, socket, character device, irregular are "other". */
const goOther = [26, 25, 24, 21, 19];

const has = (mode: number, bit: number): boolean => ((mode >>> bit) & 1) === 1;

const kindOf = (mode: number): RemoteStat['kind'] => {
  if (has(mode, goDirectory)) return 'directory';
  if (has(mode, goLink)) return 'link';
  return goOther.some((bit) => has(mode, bit)) ? 'other' : 'file';
};

/** Reads the header `X-Docker-Container-Path-Stat`: base64 of JSON. */
export const readStatHeader = (header: string | readonly string[] | undefined): RemoteStat => {
  if (typeof header !== 'string') throw new NotAnEngine('the stat header is missing');
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(header, 'base64').toString());
  } catch {
    throw new NotAnEngine('the stat header is not JSON');
  }
  const { size, mode, mtime } = z.parse(statSchema, json);
  return { kind: kindOf(mode), mode: mode & 0o777, size, modifiedAt: Date.parse(mtime) };
};
