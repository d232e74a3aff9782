// A small issuer as a program of its own, for network namespaces, told what to do by its parent:
//   node test/support/issuer/one-at-a-time.ts ADDRESS PORT
// It answers a POST of a refresh token once the parent lets it, and gives nothing to who has hung up by then. With a PUT
// it is told that the tokens are written.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Ledger, usualBehaviour } from './ledger.ts';

/** What it tells: a question has come, or was answered. */
export type IssuerNews =
  | { readonly news: 'ready' }
  | { readonly news: 'asked' }
  | { readonly news: 'granted' | 'refused' | 'hung up' | 'written' }
  | { readonly news: 'answer'; readonly value: string | number | boolean };

/** What it is told. */
export type IssuerOrder =
  | { readonly order: 'go' | 'sign in' | 'reuses' }
  | { readonly order: 'refreshes'; readonly token: string };

const [address = '127.0.0.1', port = '8080'] = process.argv.slice(2);
const ledger = new Ledger();
const waiting: (() => void)[] = [];
const tell = (news: IssuerNews) => process.send?.(news);

const answers: Readonly<Record<IssuerOrder['order'], (token: string) => string | number | boolean | null>> = {
  go: () => {
    waiting.shift()?.();
    return null;
  },
  'sign in': () => ledger.signIn(usualBehaviour),
  reuses: () => ledger.reuses,
  refreshes: (token) => ledger.refreshes(token),
};

process.on('message', (order: IssuerOrder) => {
  const value = answers[order.order]('token' in order ? order.token : '');
  if (value !== null) tell({ news: 'answer', value });
});
// The end of the parent is ours.
process.on('disconnect', () => process.exit());

createServer(async (request, response) => {
  const token = await text(request);
  if (request.method === 'PUT') {
    tell({ news: 'written' });
    return response.end();
  }
  const leave = Promise.withResolvers<void>();
  waiting.push(leave.resolve);
  tell({ news: 'asked' });
  await leave.promise;
  if (response.destroyed || request.socket.destroyed) {
    tell({ news: 'hung up' });
    return response;
  }
  const { status, body } = ledger.token(
    { grant_type: 'refresh_token', refresh_token: token },
    usualBehaviour,
  );
  response.writeHead(status, { 'content-type': 'application/json' });
  return response.end(JSON.stringify(body), () => tell({ news: status === 200 ? 'granted' : 'refused' }));
}).listen(Number(port), address, () => tell({ news: 'ready' }));
