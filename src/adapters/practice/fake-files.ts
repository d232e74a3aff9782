import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { extract, pack } from 'tar-stream';
import type { RemoteStat } from '../../ports/runtime.ts';

interface FakeFile {
  readonly content: Uint8Array;
  readonly mode: number;
  readonly modifiedAt: number;
}

/** A small tree of regular files, as the archive API of an engine shows one. */
export interface FakeFiles {
  /** Writes a file, as a program in the container would: a new time, 0600 unless told. */
  set(path: string, content: string | Uint8Array, mode?: number): void;
  delete(path: string): void;
  text(path: string): string | null;
  read(path: string, limit: number): Uint8Array | null;
  stat(path: string): RemoteStat | null;
  /** Everything below a directory; entry names begin with `prefix`. */
  tar(directory: string, prefix: string): Readable;
  /** One file, as the engine gives it: under its base name, alone. */
  tarFile(path: string): Readable;
  untar(directory: string, tar: Readable): Promise<void>;
}

export const createFakeFiles = (): FakeFiles => {
  const files = new Map<string, FakeFile>();
  let clock = Date.UTC(2026, 10, 24);
  const below = (directory: string) =>
    [...files].filter(([path]) => directory === '.' || path.startsWith(`${directory}/`));
  const relative = (directory: string, path: string) =>
    directory === '.' ? path : path.slice(directory.length + 1);

  return {
    set(path, content, mode = 0o600) {
      clock += 1000;
      files.set(posix.normalize(path), {
        content: typeof content === 'string' ? new TextEncoder().encode(content) : content,
        mode,
        modifiedAt: clock,
      });
    },
    delete(path) {
      files.delete(posix.normalize(path));
    },
    text(path) {
      const file = files.get(posix.normalize(path));
      return file === undefined ? null : new TextDecoder().decode(file.content);
    },
    read(path, limit) {
      return files.get(posix.normalize(path))?.content.subarray(0, limit) ?? null;
    },
    stat(path) {
      const normal = posix.normalize(path);
      const file = files.get(normal);
      if (file !== undefined) {
        return { kind: 'file', mode: file.mode, size: file.content.length, modifiedAt: file.modifiedAt };
      }
      if (normal !== '.' && below(normal).length === 0) return null;
      return { kind: 'directory', mode: 0o700, size: 4096, modifiedAt: clock };
    },
    tar(directory, prefix) {
      const archive = pack();
      archive.entry({ name: `${prefix}/`, type: 'directory', mode: 0o700 });
      for (const [path, { content, mode, modifiedAt }] of below(posix.normalize(directory))) {
        const name = `${prefix}/${relative(posix.normalize(directory), path)}`;
        archive.entry({ name, mode, mtime: new Date(modifiedAt) }, Buffer.from(content));
      }
      archive.finalize();
      return Readable.from(archive);
    },
    tarFile(path) {
      const archive = pack();
      const { content = new Uint8Array(), mode = 0 } = files.get(posix.normalize(path)) ?? {};
      archive.entry({ name: posix.basename(path), mode }, Buffer.from(content));
      archive.finalize();
      return Readable.from(archive);
    },
    async untar(directory, tar) {
      for await (const entry of tar.pipe(extract())) {
        const content = await buffer(entry);
        if (entry.header.type === 'file') {
          this.set(posix.join(directory, entry.header.name), content, entry.header.mode);
        }
      }
    },
  };
};
