import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { errorCode } from './engine-errors.ts';

/** A context of the docker client: where its engine is, and how its certificates are checked. */
export interface DockerContext {
  readonly name: string;
  readonly host: string;
  readonly skipTlsVerify: boolean;
  /** Holds `ca.pem`, `cert.pem` and `key.pem`, as far as there are any. */
  readonly tlsDir: string;
}

const configSchema = z.looseObject({ currentContext: z.optional(z.string()) });
const metaSchema = z.looseObject({
  Endpoints: z.looseObject({
    docker: z.looseObject({ Host: z.string(), SkipTLSVerify: z.optional(z.boolean()) }),
  }),
});

/** The context named in the client's configuration, or null: no file, no entry, an unreadable file, or `default`. */
export const currentContextName = async (configDir: string): Promise<string | null> => {
  const text = await readFile(join(configDir, 'config.json'), 'utf8').catch(() => null);
  const parsed = text === null ? null : configSchema.safeParse(parseJson(text));
  const name = parsed?.success ? parsed.data.currentContext : undefined;
  return name === undefined || name === '' || name === 'default' ? null : name;
};

/** Reads a context; a sentence about why when that is not possible (source: docker/cli, `cli/context/store`). */
export const readContext = async (configDir: string, name: string): Promise<DockerContext | string> => {
  const folder = createHash('sha256').update(name).digest('hex');
  let text: string;
  try {
    text = await readFile(join(configDir, 'contexts', 'meta', folder, 'meta.json'), 'utf8');
  } catch (error) {
    return errorCode(error) === 'ENOENT'
      ? 'there is no such context'
      : `its file can't be read (${errorCode(error)})`;
  }
  const meta = metaSchema.safeParse(parseJson(text));
  if (!meta.success) return 'its file is not as the docker client writes it';
  const { Host, SkipTLSVerify = false } = meta.data.Endpoints.docker;
  return {
    name,
    host: Host,
    skipTlsVerify: SkipTLSVerify,
    tlsDir: join(configDir, 'contexts', 'tls', folder, 'docker'),
  };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
