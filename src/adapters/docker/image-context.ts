import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { type Failure, fail, ok, type Result } from '../../domain/failure.ts';
import type { ContextFile } from '../../domain/image-plan.ts';

/** What the image is built from, besides `ca/*.crt`. Modes are ours, because a checkout's depend on the umask. */
const sources: readonly (readonly [path: string, mode: number])[] = [
  ['Dockerfile.claude-setup', 0o644],
  ['entrypoint.sh', 0o755],
  ['bill-of-materials.mjs', 0o644],
  ['ca/README.md', 0o644],
];

/** A bundle of every authority there is has about 150 certificates in 250 KB. */
const caFileLimit = 10 * 1024 * 1024;

/** Reads the files under `docker/`. `image.source-missing` when one is not there. */
export const readSources = async (dockerDir: string): Promise<Result<readonly ContextFile[]>> => {
  try {
    const extra = (await readdir(join(dockerDir, 'ca'))).filter((name) => name.endsWith('.crt')).toSorted();
    const paths = [...sources, ...extra.map((name) => [`ca/${name}`, 0o644] as const)];
    return ok(
      await Promise.all(
        paths.map(async ([path, mode]) => ({ path, mode, content: await readFile(join(dockerDir, path)) })),
      ),
    );
  } catch (error) {
    return fail(
      'image.source-missing',
      'The files of the setup image are not all there',
      reason(error),
      'install claude-setup again',
    );
  }
};

/**
 * Reads a PEM file of extra authorities as one context file a certificate. Anything else in it, such as a private key,
 * stays behind. `image.source-missing` when it can't be read, `usage` when it holds no certificate or a damaged one.
 */
export const readCaFile = async (caFile: string): Promise<Result<readonly ContextFile[]>> => {
  let text: string;
  try {
    const { size } = await stat(caFile).then((found) => (found.isFile() ? found : Promise.reject(notAFile)));
    if (size > caFileLimit) return badCaFile(caFile, `it is ${Math.round(size / 1024 / 1024)} MB large`);
    text = await readFile(caFile, 'latin1');
  } catch (error) {
    return fail(
      'image.source-missing',
      'The file of extra certificate authorities could not be read',
      reason(error),
      'give the path of a readable PEM file: `claude-setup build --ca FILE`',
    );
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return badCaFile(caFile, 'there is no certificate in PEM form in it');
  const damaged = blocks.findIndex((block) => !isCertificate(block));
  if (damaged !== -1) return badCaFile(caFile, `certificate ${damaged + 1} of ${blocks.length} is damaged`);
  const digits = String(blocks.length).length;
  return ok(
    blocks.map((block, index) => ({
      path: `ca/extra-${String(index + 1).padStart(Math.max(2, digits), '0')}.crt`,
      mode: 0o644,
      content: Buffer.from(`${block.replaceAll('\r\n', '\n')}\n`),
    })),
  );
};

/** The files as a tar stream, the same bytes every time. */
export const packContext = (files: readonly ContextFile[]): Readable => {
  const tar = pack();
  for (const { path, mode, content } of files) {
    tar.entry({ name: path, mode, mtime: new Date(0), uid: 0, gid: 0 }, Buffer.from(content));
  }
  tar.finalize();
  return Readable.from(tar, { objectMode: false });
};

const notAFile = new Error('it is no regular file');

const isCertificate = (pem: string): boolean => {
  try {
    return new X509Certificate(pem).serialNumber !== '';
  } catch {
    return false;
  }
};

const badCaFile = (caFile: string, why: string): { ok: false; failure: Failure } =>
  fail(
    'usage',
    `${caFile} can't be used as extra certificate authorities`,
    why,
    'give a PEM file, which holds "-----BEGIN CERTIFICATE-----": `claude-setup build --ca FILE`',
  );

const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^[A-Z]+: /, '') : String(error);
