import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { ok } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import type { EngineApi } from './engine-api.ts';
import { answered, containerMissing, EngineRefusal, EngineTimeout, engineText } from './engine-errors.ts';
import { readStatHeader } from './file-stat.ts';

const statLimitMs = 10_000;
const beginLimitMs = 30_000;
const uploadLimitMs = 120_000;
/** How long a download may stand still while we are ready to take more. */
const stallLimitMs = 30_000;

/** The archive API: looks, downloads and uploads, with no process started in the container. */
export const createArchives = (api: EngineApi): Pick<Engine, 'stat' | 'download' | 'upload'> => ({
  stat: (container, path) =>
    answered('The file was not looked at', async () => {
      try {
        const headers = await api.call({
          method: 'HEAD',
          path: `/containers/${container}/archive`,
          query: { path },
          limitMs: statLimitMs,
        });
        return ok(readStatHeader(headers['x-docker-container-path-stat']));
      } catch (error) {
        if (error instanceof EngineRefusal && error.status === 404) return ok(null);
        throw error;
      }
    }),
  download: (container, path, signal) => {
    const what = 'The files were not read out of the container';
    return answered(what, async () => {
      try {
        const answer = await api.stream({
          method: 'GET',
          path: `/containers/${container}/archive`,
          query: { path },
          limitMs: beginLimitMs,
          signal,
        });
        return ok<Readable>(watchForStalls(answer));
      } catch (error) {
        if (!(error instanceof EngineRefusal && error.status === 404)) throw error;
        return containerMissing(what, `the engine says: ${engineText(error.message)}`);
      }
    });
  },
  upload: (container, path, tar) =>
    answered('The files were not written into the container', async () => {
      try {
        await api.call({
          method: 'PUT',
          path: `/containers/${container}/archive`,
          query: { path, noOverwriteDirNonDir: true },
          tar,
          limitMs: uploadLimitMs,
        });
        return ok(undefined);
      } finally {
        tar.destroy();
      }
    }),
});

/** Destroys a download whose engine has stopped sending. A slow reader is no stall: then data is waiting here. */
const watchForStalls = (answer: IncomingMessage): IncomingMessage => {
  let seen = -1;
  const timer = setInterval(() => {
    // Over ssh there is no such count, and ssh itself notices a dead engine.
    const taken = answer.socket.bytesRead ?? Date.now();
    if (taken === seen && answer.readableLength === 0) answer.destroy(new EngineTimeout(stallLimitMs));
    seen = taken;
  }, stallLimitMs);
  answer.once('close', () => clearInterval(timer));
  return answer;
};
