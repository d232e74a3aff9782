import { ok } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import type { TarStream } from '../../ports/tar-stream.ts';
import type { Download, EngineApi } from './engine-api.ts';
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
        const answer = await api.download({
          method: 'GET',
          path: `/containers/${container}/archive`,
          query: { path },
          limitMs: beginLimitMs,
          signal,
        });
        return ok(watchForStalls(answer));
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
const watchForStalls = ({ body, received }: Download): TarStream => {
  let seen = -1;
  const timer = setInterval(() => {
    const taken = received();
    if (taken === seen && body.readableLength === 0) body.destroy(new EngineTimeout(stallLimitMs));
    seen = taken;
  }, stallLimitMs);
  body.once('close', () => clearInterval(timer));
  return body;
};
