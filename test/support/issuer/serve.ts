// The issuer as a program of its own, for network namespaces:
//   node test/support/issuer/serve.ts DIRECTORY [ADDRESS] [PORT]
// DIRECTORY gets the certificates (ca.pem is the authority) and control.sock. Prints "ready ADDRESS:PORT" when it answers.
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { serveControl } from './control.ts';
import { startIssuer } from './issuer.ts';

const [directory, address = '127.0.0.1', port = '443'] = process.argv.slice(2);
if (!directory) throw new Error('usage: serve.ts DIRECTORY [ADDRESS] [PORT]');
const issuer = await startIssuer({
  certificates: makeCertificates(directory),
  address,
  port: Number(port),
});
await serveControl(issuer, join(directory, 'control.sock'));
console.log(`ready ${address}:${issuer.port}`);
