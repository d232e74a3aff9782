import { Socket } from 'node:net';
import { type Duplex, Readable, Writable } from 'node:stream';
import type { PipedProgram } from '../../ports/job.ts';
import type { SessionEnd } from '../../ports/session.ts';
import type { EngineApi } from './engine-api.ts';
import { waitForExit } from './exit-code.ts';
import { createFrames } from './frames.ts';

const callLimitMs = 10_000;
const keepAliveMs = 30_000;
/** The streams may end long before their program; only the caller ends this wait, by removing the container or letting go. */
const noLimitMs = 2 ** 31 - 1;

/** The streams of a container over one connection. */
export interface DockerPipes extends PipedProgram {
  /** Lets go of the program. */
  detach(): void;
}

/** The streams of a container without a terminal over the engine's attach API. */
export const openDockerPipes = async (api: EngineApi, container: string): Promise<DockerPipes> => {
  const socket = await api.hijack({
    method: 'POST',
    path: `/containers/${container}/attach`,
    query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 },
    limitMs: callLimitMs,
  });
  if (socket instanceof Socket) socket.setKeepAlive(true, keepAliveMs);

  /** Streams that can't take more just now: one connection carries both, so either of them stops it. */
  const full = new Set<'stdout' | 'stderr'>();
  const output = (name: 'stdout' | 'stderr'): Readable =>
    new Readable({
      read() {
        full.delete(name);
        if (full.size === 0) socket.resume();
      },
    });
  const streams = { stdout: output('stdout'), stderr: output('stderr') };
  const take = createFrames((name, piece) => {
    if (!streams[name].push(piece)) full.add(name);
  });
  socket.on('data', (chunk: Buffer) => {
    take(chunk);
    if (full.size > 0) socket.pause();
  });
  // Paused until somebody reads, so that nothing is held here but by back-pressure.
  socket.pause();

  // An engine that has fallen silent says nothing of a container that is gone, and would keep our process.
  const letGo = new AbortController();
  return {
    ...streams,
    detach() {
      letGo.abort();
      socket.destroy();
    },
    stdin: inputOf(socket),
    ended: endOf(api, container, socket, letGo.signal).finally(() => {
      streams.stdout.push(null);
      streams.stderr.push(null);
    }),
    kill: (signal) =>
      // It may have ended; `ended` tells.
      api
        .call({
          method: 'POST',
          path: `/containers/${container}/kill`,
          query: { signal },
          limitMs: callLimitMs,
        })
        .then(
          () => undefined,
          () => undefined,
        ),
  };
};

/** The program's input. What comes after the program's end goes nowhere. */
const inputOf = (socket: Duplex): Writable =>
  new Writable({
    write: (chunk, _encoding, done) => {
      if (socket.writable) socket.write(chunk, () => done());
      else done();
    },
    final: (done) => {
      if (socket.writable) socket.end(() => done());
      else done();
    },
  });

const endOf = async (
  api: EngineApi,
  container: string,
  socket: Duplex,
  signal: AbortSignal,
): Promise<SessionEnd> => {
  const cut = await new Promise<boolean>((resolve) => {
    socket.once('error', () => resolve(true));
    socket.once('end', () => resolve(false));
    socket.once('close', () => resolve(true));
  });
  socket.destroy();
  if (cut) return { exitCode: null };
  return {
    exitCode: await waitForExit(api, container, { limitMs: noLimitMs, signal }).catch(() => null),
  };
};
