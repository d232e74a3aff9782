import { describe, expect, it } from 'vitest';
import { createEngines } from '../../../src/adapters/docker/engines.ts';
import { readKept } from '../../../src/adapters/docker/read-kept.ts';
import { startFakeDaemon } from '../../support/fake-daemon.ts';
import { unwrap } from '../../support/results.ts';

type Routes = Parameters<typeof startFakeDaemon>[0];

const container = '0123456789abcdef';
const keeper = `/containers/claude-setup-keeper-${container.slice(0, 12)}/exec`;
const file = '/home/node/.claude/.credentials.json';

const engineWith = async (routes: Routes) => {
  const daemon = await startFakeDaemon(routes);
  const env = { DOCKER_HOST: `unix://${daemon.socket}` };
  const { engine } = await createEngines({ env, homeDir: '/nonexistent', uid: null }).find(
    new AbortController().signal,
  );
  if (engine === null) throw new Error('it was not found');
  return { engine, daemon };
};

/** As the engine's archive API is when the memory is out of its sight: the folder is there, and nothing in it. */
const blind: Routes = {
  [`HEAD /containers/${container}/archive`]: (_request, response) => {
    const stat = {
      name: '.claude',
      size: 40,
      mode: 2147484096,
      mtime: '2026-11-24T16:00:00Z',
      linkTarget: '',
    };
    response.setHeader('X-Docker-Container-Path-Stat', Buffer.from(JSON.stringify(stat)).toString('base64'));
    response.end();
  },
};

const frame = (text: string): Buffer => {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
};

describe('a file in memory that the engine has lost sight of', () => {
  it('is read beside what keeps it, as its owner', async () => {
    const said = [frame('1000:1000\n'), frame('{"kept":true}')];
    const { engine, daemon } = await engineWith({
      ...blind,
      [`POST ${keeper}`]: { Id: 'e' },
      'POST /exec/e/start': (_request, response) => void response.end(said.shift()),
      'GET /exec/e/json': { ExitCode: 0 },
    });
    const read = unwrap(await readKept(engine, container, file, 10_000));
    expect(new TextDecoder().decode(read ?? undefined)).toBe('{"kept":true}');
    expect(JSON.parse(daemon.bodies.get(`POST ${keeper}`) ?? '')).toMatchObject({
      Cmd: ['cat', file],
      User: '1000:1000',
    });
  });

  it('is not there when nothing keeps it, or what kept it has ended', async () => {
    for (const status of [404, 409]) {
      const { engine } = await engineWith({
        ...blind,
        [`POST ${keeper}`]: (_request, response) => {
          response.statusCode = status;
          response.end('{"message":"no"}');
        },
      });
      expect(unwrap(await readKept(engine, container, file, 10_000))).toBeNull();
    }
  });

  it('is no file that is missing when its keeper can not be asked', async () => {
    const { engine } = await engineWith({
      ...blind,
      [`POST ${keeper}`]: (_request, response) => void response.destroy(),
    });
    expect(await readKept(engine, container, file, 10_000)).toMatchObject({ ok: false });
  });
});
