import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The names the CLI talks to during a sign-in (source: claude-cli-observed, "What a stand-in issuer has to answer"). */
export const issuerHosts = ['platform.claude.com', 'api.anthropic.com', 'claude.ai', 'claude.com'] as const;

export interface Certificates {
  /** PEM files. */
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Makes a certificate authority and a certificate for the issuer's hosts in `directory`, good for a day. */
export const makeCertificates = (directory: string): Certificates => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-days', '1', '-subj', '/CN=claude-setup test authority'],
    ...['-addext', 'keyUsage=critical,keyCertSign', '-keyout', 'ca-key.pem', '-out', 'ca.pem'],
  );
  openssl(
    ...['req', ...newKey, '-subj', '/CN=claude-setup test issuer'],
    ...['-keyout', 'issuer-key.pem', '-out', 'issuer.csr'],
  );
  const names = issuerHosts.map((host) => `DNS:${host}`).join(',');
  writeFileSync(at('issuer.ext'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\n`);
  openssl(
    ...['x509', '-req', '-in', 'issuer.csr', '-CA', 'ca.pem', '-CAkey', 'ca-key.pem', '-CAcreateserial'],
    ...['-days', '1', '-extfile', 'issuer.ext', '-out', 'issuer.pem'],
  );
  return { caFile: at('ca.pem'), certFile: at('issuer.pem'), keyFile: at('issuer-key.pem') };
};
