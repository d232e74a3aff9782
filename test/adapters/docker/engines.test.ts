import { chmod, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Candidate } from '../../../src/adapters/docker/candidates.ts';
import { createEngines, searchCandidates } from '../../../src/adapters/docker/engines.ts';
import type { EngineSearch } from '../../../src/ports/engine.ts';
import { startFakeDaemon, startRawDaemon, versionAnswer } from '../../support/fake-daemon.ts';
import { temporary } from '../../support/temporary.ts';

const isRoot = process.getuid?.() === 0;
const tlsDir = fileURLToPath(new URL('tls', import.meta.url));

const findAt = (DOCKER_HOST: string, env: Record<string, string> = {}, timeoutMs = 3000) =>
  createEngines({ env: { ...env, DOCKER_HOST }, homeDir: '/nonexistent', uid: null, timeoutMs }).find(
    new AbortController().signal,
  );

/** The only attempt of a search that found nothing. */
const onlyAttempt = ({ engine, attempts }: EngineSearch) => {
  expect(engine).toBeNull();
  expect(attempts).toHaveLength(1);
  return attempts[0];
};

const listening = (port: number): string => `tcp://127.0.0.1:${port}`;

describe('DOCKER_HOST', () => {
  it('is the engine that is taken, described by itself', async () => {
    const { socket } = await startFakeDaemon({});
    const { engine, attempts } = await findAt(`unix://${socket}`);
    expect(attempts).toEqual([]);
    expect(engine?.info).toEqual({
      source: 'DOCKER_HOST',
      endpoint: `unix://${socket}`,
      name: 'Docker Engine - Community',
      version: '28.3.0',
      apiVersion: '1.51',
      platform: 'linux/amd64',
    });
  });

  it('calls Podman by its name, and lets no escape sequence through', async () => {
    const Components = [{ Name: 'Podman Engine' }];
    const { socket } = await startFakeDaemon({
      'GET /version': { ...versionAnswer, Platform: undefined, Version: '5.4\x1b[31m.1\x07', Components },
    });
    expect((await findAt(`unix://${socket}`)).engine?.info).toMatchObject({
      name: 'Podman',
      version: '5.4.1',
    });
  });

  it('is the only place that is tried, and says so', async () => {
    const attempt = onlyAttempt(await findAt('unix:///nonexistent/docker.sock'));
    expect(attempt).toMatchObject({
      source: 'DOCKER_HOST',
      endpoint: 'unix:///nonexistent/docker.sock',
      failure: { code: 'engine.missing', why: 'there is no such socket' },
    });
    expect(attempt?.failure.fix).toContain('only DOCKER_HOST was tried');
  });

  it.each([
    'ftp://engine',
    'unix://relative/path',
    'tcp://',
    'ssh://-oProxyCommand=evil',
    'npipe://x\x1b[2J',
  ])('can be no address at all: %j', async (address) => {
    const attempt = onlyAttempt(await findAt(address));
    expect(attempt?.failure).toMatchObject({
      code: 'engine.missing',
      fix: expect.stringContaining('correct DOCKER_HOST'),
    });
    expect(attempt?.endpoint).not.toContain('\x1b');
  });

  it('does not show a password in the address', async () => {
    const attempt = onlyAttempt(await findAt('tcp://user:hunter2@127.0.0.1:1'));
    expect(JSON.stringify(attempt)).not.toContain('hunter2');
  });
});

describe('an engine that is not well', () => {
  it('hangs: it costs the time limit and no more', async () => {
    const path = await startRawDaemon(() => {});
    const start = performance.now();
    const attempt = onlyAttempt(await findAt(`unix://${path}`, {}, 150));
    expect(performance.now() - start).toBeLessThan(1500);
    expect(attempt?.failure).toMatchObject({ code: 'engine.timeout', why: expect.stringContaining('0.2 s') });
  });

  it('begins an answer and hangs', async () => {
    const path = await startRawDaemon((connection) =>
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"Ver'),
    );
    expect(onlyAttempt(await findAt(`unix://${path}`, {}, 150))?.failure.code).toBe('engine.timeout');
  });

  it.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['a web page', 'HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>'],
    ['other JSON', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'],
    ['not found', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
  ])('is no Docker engine: %s', async (_name, answer) => {
    const path = await startRawDaemon((connection) => connection.end(answer));
    expect(onlyAttempt(await findAt(`unix://${path}`))?.failure).toMatchObject({
      code: 'engine.refused',
      why: 'something answers there, and it is not a Docker engine',
    });
  });

  it.each([
    ['without a byte', ''],
    ['in the middle of an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"Version":"28'],
  ])('closes the connection %s', async (_name, answer) => {
    const path = await startRawDaemon((connection) => connection.once('data', () => connection.end(answer)));
    expect(onlyAttempt(await findAt(`unix://${path}`))?.failure.code).toBe('engine.lost');
  });

  it('left its socket behind', async () => {
    const { socket, die } = await startFakeDaemon({});
    await die();
    await writeFile(socket, '');
    expect(onlyAttempt(await findAt(`unix://${socket}`))?.failure).toMatchObject({
      code: 'engine.missing',
      why: 'nobody listens there',
    });
  });

  it('lets only its group in', async () => {
    const { socket } = await startFakeDaemon({});
    await chmod(socket, 0o000);
    // Root may do everything, so it becomes nobody for a moment.
    if (isRoot) process.seteuid?.(65_534);
    try {
      expect(onlyAttempt(await findAt(`unix://${socket}`))?.failure).toMatchObject({
        code: 'engine.permission',
        fix: expect.stringContaining('usermod -aG docker'),
      });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('refuses with words of its own, made fit to be shown', async () => {
    const { socket } = await startFakeDaemon({
      'GET /version': (_request, response) => {
        response.statusCode = 403;
        response.end(JSON.stringify({ message: `plugin \x1b]0;x\x07says no\n${'x'.repeat(500)}` }));
      },
    });
    const attempt = onlyAttempt(await findAt(`unix://${socket}`));
    expect(attempt?.failure.why).toMatch(/^it answers: plugin says no x+…$/);
    expect(attempt?.failure.why.length).toBeLessThan(220);
  });
});

describe('an engine over TLS', () => {
  const serve = async () => {
    const [cert, key] = await Promise.all([
      readFile(join(tlsDir, 'ca.pem')),
      readFile(join(tlsDir, 'server-key.pem')),
    ]);
    const server = createServer({ cert, key }, (_request, response) =>
      response.end(JSON.stringify(versionAnswer)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  };

  it('is taken with DOCKER_TLS_VERIFY and the right authority', async () => {
    const address = listening(await serve());
    const { engine } = await findAt(address, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tlsDir });
    expect(engine?.info.version).toBe('28.3.0');
  });

  it('is refused with an unknown authority, and taken by DOCKER_TLS alone, which checks nothing', async () => {
    const address = listening(await serve());
    const { root } = await temporary();
    const attempt = onlyAttempt(await findAt(address, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: root }));
    expect(attempt?.failure).toMatchObject({
      code: 'engine.refused',
      why: expect.stringMatching(/^TLS: .*self.signed/),
    });
    expect((await findAt(address, { DOCKER_TLS: '1', DOCKER_CERT_PATH: root })).engine).not.toBeNull();
  });

  it('says TLS when the engine does not speak it', async () => {
    const { createServer: plain } = await import('node:http');
    const server = plain((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = listening((server.address() as AddressInfo).port);
    const attempt = onlyAttempt(await findAt(address, { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tlsDir }));
    expect(attempt?.failure.why).toMatch(/^TLS: /);
  });

  it('says that the engine wants TLS when it is spoken to plainly', async () => {
    const message = 'Client sent an HTTP request to an HTTPS server.\n';
    const path = await startRawDaemon((connection) =>
      connection.end(`HTTP/1.0 400 Bad Request\r\n\r\n${message}`),
    );
    expect(onlyAttempt(await findAt(`unix://${path}`))?.failure).toMatchObject({
      why: 'TLS: the engine wants TLS',
      fix: expect.stringContaining('DOCKER_TLS_VERIFY=1'),
    });
  });
});

describe('an engine over ssh', () => {
  const withSsh = async (script: string) => {
    const { root } = await temporary();
    await writeFile(join(root, 'ssh'), `#!/bin/sh\n${script}\n`);
    await chmod(join(root, 'ssh'), 0o755);
    return { PATH: `${root}:${process.env.PATH}`, root };
  };

  it('is reached through the ssh of the host', async () => {
    const { socket } = await startFakeDaemon({});
    const relay = `const c = require('node:net').connect(process.argv[1]); process.stdin.pipe(c); c.pipe(process.stdout)`;
    const { PATH, root } = await withSsh(
      `echo "$@" > "$(dirname "$0")/asked"; exec '${process.execPath}' -e "${relay}" '${socket}'`,
    );
    const { engine, attempts } = await findAt('ssh://me@far.example:2222', { PATH });
    expect(attempts).toEqual([]);
    expect(engine?.info.version).toBe('28.3.0');
    expect(await readFile(join(root, 'asked'), 'utf8')).toBe(
      '-o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -T -l me -p 2222 -- far.example docker system dial-stdio\n',
    );
  });

  it('says what ssh complains of', async () => {
    const { PATH } = await withSsh(`echo 'me@far.example: Permission denied (publickey).' >&2; exit 255`);
    expect(onlyAttempt(await findAt('ssh://me@far.example', { PATH }))?.failure).toMatchObject({
      code: 'engine.lost',
      why: 'ssh: me@far.example: Permission denied (publickey)',
    });
  });

  it('says that there is no ssh', async () => {
    const { root } = await temporary();
    expect(onlyAttempt(await findAt('ssh://far.example', { PATH: root }))?.failure.why).toContain(
      'ssh could not be started',
    );
  });
});

describe('a search', () => {
  const socketAt = (path: string): Candidate => ({
    source: 'default',
    address: `unix://${path}`,
    endpoint: { kind: 'socket', path },
    problem: '',
  });
  const search = (paths: readonly string[], signal = new AbortController().signal) =>
    searchCandidates(paths.map(socketAt), { env: {}, timeoutMs: 150, signal });

  it('ends with the first engine, with a reason for each place before', async () => {
    const hanging = await startRawDaemon(() => {});
    const first = await startFakeDaemon({});
    const second = await startFakeDaemon({});
    const { engine, attempts } = await search(['/nonexistent', hanging, first.socket, second.socket]);
    expect(attempts.map(({ failure }) => failure.code)).toEqual(['engine.missing', 'engine.timeout']);
    expect(engine?.info.endpoint).toBe(`unix://${first.socket}`);
    expect(second.calls).toEqual([]);
  });

  it('tries a socket once, whatever names lead to it', async () => {
    const { root } = await temporary();
    const { socket, calls } = await startFakeDaemon({ 'GET /version': (_, response) => response.end('no') });
    await symlink(socket, join(root, 'link'));
    await symlink(join(root, 'link'), join(root, 'link-to-link'));
    const { attempts } = await search([join(root, 'link'), socket, join(root, 'link-to-link'), socket]);
    expect(attempts).toHaveLength(1);
    expect(calls).toEqual(['GET /version']);
  });

  it('stops when it is interrupted', async () => {
    const stop = new AbortController();
    const hanging = await startRawDaemon(() => stop.abort());
    const { socket, calls } = await startFakeDaemon({});
    const { engine, attempts } = await search([hanging, socket], stop.signal);
    expect(engine).toBeNull();
    expect(attempts.map(({ failure }) => failure.code)).toEqual(['interrupted']);
    expect(calls).toEqual([]);
  });
});
