import { constants, type Dirent } from 'node:fs';
import { type FileHandle, open, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';

/**
 * A folder as a tar stream, its entries relative to it (`./…`): regular files, folders and links (not followed).
 * Sockets and pipes are left out, as is what vanishes meanwhile. Files of `instead`, by their name in the folder, take the
 * place of what is there. Ends with an error when the signal aborts.
 */
export const folderTar = (
  folder: string,
  signal: AbortSignal,
  instead: ReadonlyMap<string, string> = new Map(),
): Readable => {
  const tar = pack();
  const stop = () => tar.destroy(new Error('aborted'));
  signal.addEventListener('abort', stop, { once: true });
  void addFolder(tar, folder, '.', signal, instead)
    .then(() => {
      for (const [name, content] of instead) tar.entry({ name: `./${name}`, mode: 0o600 }, content);
      tar.finalize();
    })
    .catch((error: Error) => tar.destroy(error))
    .finally(() => signal.removeEventListener('abort', stop));
  // A plain Node stream for whoever reads it: tar-stream's own is of another family.
  return Readable.from(tar, { objectMode: false });
};

type Tar = ReturnType<typeof pack>;

const addFolder = async (
  tar: Tar,
  root: string,
  relative: string,
  signal: AbortSignal,
  instead: ReadonlyMap<string, string>,
): Promise<void> => {
  const { mode, mtime } = await stat(join(root, relative));
  tar.entry({
    name: relative === '.' ? './' : `./${relative}/`,
    type: 'directory',
    mode: mode & 0o777,
    mtime,
  });
  const entries = await readdir(join(root, relative), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const path = relative === '.' ? entry.name : `${relative}/${entry.name}`;
    if (instead.has(path)) continue;
    if (entry.isDirectory()) await addFolder(tar, root, path, signal, instead).catch(unlessGone);
    else await addEntry(tar, root, path, entry).catch(unlessGone);
  }
};

const unlessGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};

const addEntry = async (tar: Tar, root: string, relative: string, entry: Dirent): Promise<void> => {
  if (entry.isSymbolicLink()) {
    tar.entry({ name: `./${relative}`, type: 'symlink', linkname: await readlink(join(root, relative)) });
    return;
  }
  if (entry.isFile()) await addFile(tar, root, relative);
};

const addFile = async (tar: Tar, root: string, relative: string): Promise<void> => {
  const file = await open(
    join(root, relative),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const { size, mode, mtime } = await file.stat();
    const entry = tar.entry({ name: `./${relative}`, size, mode: mode & 0o777, mtime });
    await pipeline(exactly(file, size), entry);
  } finally {
    await file.close();
  }
};

/**
 * So many bytes of a file, as its header has promised: what is appended meanwhile is left out, what was cut off
 * meanwhile is filled with zeros.
 */
async function* exactly(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; ) {
    const buffer = Buffer.alloc(Math.min(left, 64 * 1024));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    left -= bytesRead || buffer.length;
    yield bytesRead > 0 ? buffer.subarray(0, bytesRead) : buffer;
  }
}
