import { createServer, request } from 'node:http';
import type { Call, IssuerControl } from './issuer.ts';
import type { Behaviour } from './ledger.ts';

/** Opens an issuer to other processes, on a socket in the file system: network namespaces do not divide that. */
export const serveControl = async (issuer: IssuerControl, socketPath: string): Promise<void> => {
  const actions: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
    '/authorize': (input) => issuer.authorize(String(input)),
    '/signIn': () => issuer.signIn(),
    '/calls': () => issuer.calls(),
    '/asked': () => issuer.asked(),
    '/behave': (input) => issuer.behave(input as Partial<Behaviour>),
    '/accepts': (input) => issuer.accepts(String(input)),
    '/reuses': () => issuer.reuses(),
    '/given': () => issuer.given(),
  };
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    try {
      const action = actions[incoming.url ?? ''];
      if (!action) throw new Error(`no action ${incoming.url}`);
      const result = await action(JSON.parse(Buffer.concat(chunks).toString('utf8') || 'null'));
      response.end(JSON.stringify({ result: result ?? null }));
    } catch (error) {
      response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
    }
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
};

const ask = (socketPath: string, path: string, input: unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path, method: 'POST' }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      const answer = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      if (typeof answer.error === 'string') reject(new Error(answer.error));
      else resolve(answer.result);
    });
    outgoing.once('error', reject);
    outgoing.end(JSON.stringify(input));
  });

/** An issuer of another process, through its control socket. */
export const issuerBehind = (socketPath: string): IssuerControl => ({
  authorize: async (signInUrl) => String(await ask(socketPath, '/authorize', signInUrl)),
  signIn: async () => String(await ask(socketPath, '/signIn', null)),
  calls: async () => (await ask(socketPath, '/calls', null)) as Call[],
  asked: async () => Number(await ask(socketPath, '/asked', null)),
  behave: async (change) => {
    await ask(socketPath, '/behave', change);
  },
  accepts: async (accessToken) => (await ask(socketPath, '/accepts', accessToken)) === true,
  reuses: async () => Number(await ask(socketPath, '/reuses', null)),
  given: async () => (await ask(socketPath, '/given', null)) as string[],
});
