import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliErrors, recogniseCliErrors } from '../../../src/domain/playbooks/cli-errors.ts';

const idsOf = (output: string) => recogniseCliErrors(output).map(({ id }) => id);

describe('the errors of the CLI in a container', () => {
  it.each([
    ['Unable to connect to Anthropic services\nFailed to connect to api.anthropic.com', 'cli-no-network'],
    ['Error: connect ECONNREFUSED 160.79.104.10:443', 'cli-no-network'],
    ['Failed to connect to api.anthropic.com: ENOTFOUND', 'cli-no-dns'],
    ['API Error: getaddrinfo EAI_AGAIN api.anthropic.com', 'cli-no-dns'],
    [
      '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
      'cli-root',
    ],
    ['Invalid API key · Fix external API key', 'cli-api-key'],
    [
      'API Error: 401 {"type":"error","error":{"type":"authentication_error","message":"OAuth token has expired. Please obtain a new token or refresh your existing token."}}',
      'cli-token-expired',
    ],
    ['OAuth token revoked', 'cli-revoked'],
    ["Error: ENOENT: no such file or directory, open '/home/node/.claude.json'", 'cli-no-state'],
    ["Error: EACCES: permission denied, open '/home/node/.claude/.credentials.json'", 'cli-no-access'],
    ["EROFS: read-only file system, open '/home/node/.claude/.claude.json'", 'cli-read-only'],
    ['Error: self signed certificate in certificate chain', 'cli-tls'],
    ['API Error: UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'cli-tls'],
    ['\x1b[31mInvalid API key\x1b[39m', 'cli-api-key'],
    ['Please run /login', 'cli-not-signed-in'],
    ['ENOSPC: no space left on device, write', 'cli-disk-full'],
    ['API Error: 403 {"error":{"type":"permission_error","message":"…"}}', 'cli-scopes'],
    ['Choose the text style that looks best with your terminal', 'cli-onboarding'],
    ['Error: Raw mode is not supported on the current process.stdin', 'cli-no-terminal'],
    ['exec: "claude": executable file not found in $PATH', 'cli-not-installed'],
    ['Claude AI usage limit reached|1764000000', 'cli-limit'],
    ['SyntaxError: Unexpected end of JSON input', 'cli-broken-state'],
  ])('%s', (line, id) => {
    const output = `starting\n${line}\nbye\n`;
    expect(idsOf(output)[0]).toBe(id);
    expect(recogniseCliErrors(output)[0]?.evidence).not.toBe('');
  });

  it('names the cause that explains the others first', () => {
    const output =
      'Please run /login\nUnable to connect to Anthropic services\nself signed certificate in chain';
    expect(idsOf(output)).toEqual(['cli-tls', 'cli-no-network', 'cli-not-signed-in']);
  });

  it('knows nothing in an ordinary output', () => {
    expect(idsOf('listening on 8080\nGET / 200 12 ms\n')).toEqual([]);
    expect(idsOf('')).toEqual([]);
  });

  it('shows the last line, redacted and short', () => {
    const token = 'sk-ant-oat01-TEST-CANARY-CANARY-CANARY';
    const [found] = recogniseCliErrors(
      `Invalid API key 1\nInvalid API key ${token} ${'x'.repeat(5000)}\u0007`,
    );
    expect(found?.evidence).toMatch(/^Invalid API key sk-ant-oat01-…/);
    expect(found?.evidence.length).toBeLessThan(200);
    expect(JSON.stringify(found)).not.toContain('CANARY');
  });

  it('takes any output, in a sensible time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (output) => {
        recogniseCliErrors(output);
      }),
    );
    const began = performance.now();
    recogniseCliErrors(`${'EACCES ENOENT claude: '.repeat(50_000)}\n`.repeat(10));
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('has ids of its own, each with cause and fix', () => {
    expect(new Set(cliErrors.map(({ id }) => id)).size).toBe(cliErrors.length);
    for (const { cause, fix } of cliErrors) expect(cause && fix).not.toMatch(/\.$/);
  });
});
