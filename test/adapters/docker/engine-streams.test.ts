import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import type { Routes } from '../../support/fake-daemon.ts';
import { unwrap } from '../../support/results.ts';
import { collect } from '../../support/session-output.ts';
import { size, startEngine } from './engine-on-daemon.ts';

describe('a session', () => {
  const upgrade = async (routes: Routes = {}) => {
    const { engine, daemon } = await startEngine({
      'GET /containers/c/json': { State: { Status: 'created' } },
      ...routes,
    });
    let connection: Duplex | null = null;
    daemon.onUpgrade((_request, socket) => {
      connection = socket;
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst ');
    });
    const session = unwrap(await engine.attach('c', size));
    if (connection === null) throw new Error('nothing was attached');
    return { engine, daemon, session, connection: connection as Duplex };
  };

  it('whose engine is lost ends without an exit code', async () => {
    const { session, daemon } = await upgrade();
    const output = collect(session);
    await output.shows('first');
    await daemon.die();
    expect(await session.ended).toEqual({ exitCode: null });
    session.write('nobody hears');
    session.resize({ columns: 1, rows: 1 });
    await session.kill('SIGTERM');
  });

  it('keeps the newest MiB of what came before the first listener', async () => {
    const { session, connection } = await upgrade({ 'POST /containers/c/wait': { StatusCode: 4 } });
    const bytes = Buffer.from(Array.from({ length: 3 * 1024 * 1024 }, (_, index) => index % 251));
    connection.end(bytes);
    expect(await session.ended).toEqual({ exitCode: 4 });
    const chunks: Uint8Array[] = [];
    session.onOutput((chunk) => chunks.push(chunk));
    const digest = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    const seen = Buffer.concat(chunks);
    expect(seen.length).toBe(1024 * 1024);
    expect(digest(seen)).toBe(digest(bytes.subarray(-1024 * 1024)));
  });

  it('asks for one size at a time, the newest last', async () => {
    const waiting: (() => void)[] = [];
    const sizes: string[] = [];
    const { session, engine } = await upgrade({
      'POST /containers/c/start': {},
      'POST /containers/c/resize': (request, response) => {
        sizes.push(new URL(request.url ?? '', 'http://x').search);
        waiting.push(() => response.end());
      },
    });
    const starting = engine.start('c');
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    for (let columns = 81; columns <= 120; columns += 1) session.resize({ columns, rows: 30 });
    expect(sizes).toEqual(['?h=24&w=80']);
    waiting.shift()?.();
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    waiting.shift()?.();
    unwrap(await starting);
    expect(sizes).toEqual(['?h=24&w=80', '?h=30&w=120']);
  });
});

describe('streams', () => {
  it('of a program whose end the engine never tells are let go of with its container', async () => {
    const asked = Promise.withResolvers<void>();
    const { engine, daemon } = await startEngine({
      'GET /info': {},
      'POST /containers/c/wait': () => asked.resolve(),
      'DELETE /containers/c': {},
    });
    daemon.onUpgrade((_request, socket) =>
      socket.end('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'),
    );
    const pipes = unwrap(await engine.attachPipes('c'));
    pipes.stdout.resume();
    await asked.promise;
    unwrap(await engine.remove('c'));
    expect(await pipes.ended).toEqual({ exitCode: null });
  });
});
