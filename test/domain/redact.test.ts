import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/domain/redact.ts';

/** More with CLAUDE_SETUP_TEST_RUNS, such as 100000. */
const numRuns = Number(process.env.CLAUDE_SETUP_TEST_RUNS ?? 5000);

const canary = 'CANARYcanaryCANARYcanary';

/** Secrets in every dress that they were met in; what stands around them may touch them. */
const secrets: readonly string[] = [
  `sk-ant-oat01-${canary}`,
  `sk-ant-ort01-${canary}_-x`,
  `sk-ant-api03-${canary}`,
  `sk-ant-sid01-${canary}`,
  `sk-ant-${canary}`,
  `SK-ANT-OAT01-${canary}`,
  `sk%2Dant%2Doat01%2D${canary}`,
  `sk%252Dant%252Doat01%252D${canary}`,
  `sk\\u002dant\\u002doat01\\u002d${canary}`,
  `sk\\\\u002dant-oat01-AA\\\\u002d${canary}`,
  `sk-ant-oat01-AA\\/${canary}`,
  `sk-ant-oat01-AAAA\n${canary}`,
  `sk-ant-oat01-AAAA\r\n${canary}\r\n${canary}`,
  `sk-ant-oat01-AAAA\\n${canary}`,
  `?code=${canary}&state=${canary}`,
  `%3Fcode%3D${canary}%26state%3D${canary}`,
  `%253Fcode%253D${canary}%2526state%253D${canary}`,
  `?code=a\\u0026state=${canary}`,
  `?code=AA\\u002d${canary}`,
  `&code_challenge=${canary}`,
  `&code_verifier=${canary}`,
  `?grant_type=refresh_token&refresh_token=${canary}`,
  `"refresh_token":"${canary}"`,
  `"refreshToken" : "a\\"${canary}"`,
  `"code": "${canary}"`,
  `\\"refreshToken\\":\\"${canary}\\"`,
  `{ accessToken: '${canary}' }`,
  `"primaryApiKey":"${canary}"`,
  `Authorization: Bearer ${canary}`,
  `authorization: Basic ${canary}`,
  `Proxy-Authorization: Basic ${canary}`,
  `"Authorization":"Basic ${canary}"`,
  `["authorization","Basic ${canary}"]`,
  `\\"authorization\\":\\"${canary}\\"`,
  ` bearer ${canary}`,
  `x-api-key: ${canary}`,
  `"x-api-key":"${canary}"`,
  ` CLAUDE_CODE_OAUTH_TOKEN=${canary}`,
  `ANTHROPIC_AUTH_TOKEN="${canary}"`,
  `ANTHROPIC_API_KEY=${canary}`,
  `Cookie: sessionKey=${canary}`,
  `https://user:${canary}@proxy.example:3128/`,
  `http://user:p@ss${canary}@proxy.example`,
  `http://user:p/${canary}@proxy.example`,
  `socks5://:${canary}@proxy.example`,
  `${canary}#${canary}`,
  `${canary}%23${canary}`,
  `AGE-SECRET-KEY-1${canary.toUpperCase()}`,
];

const told = (text: string): boolean => text.toLowerCase().includes('canary');

describe('redact', () => {
  it.each(secrets)('takes out %j', (secret) => {
    expect(told(redact(secret))).toBe(false);
  });

  it(`finds them whatever touches them, and doing it twice changes nothing (${numRuns} runs)`, () => {
    // Quotes and backslashes before a secret can make it part of another string, so they stay out of what goes before.
    const before = fc.string({
      unit: fc.constantFrom(...'aZ09 .,:;/-_#%&?=@()[]{}\t\né漢😀'),
      maxLength: 40,
    });
    const after = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(before, fc.constantFrom(...secrets), after, (left, secret, right) => {
        // A word character right before a name makes it another name.
        const clean = redact(`${left} ${secret}${right}`);
        expect(told(clean)).toBe(false);
        expect(redact(clean)).toBe(clean);
      }),
      { numRuns },
    );
  }, 600_000);

  it('finds a token in the middle of any word', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        expect(told(redact(`${left}sk-ant-ort01-${canary}${right}`))).toBe(false);
      }),
      { numRuns },
    );
  }, 600_000);

  it('finds it in JSON of any depth', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.string(), (depth, text) => {
        let json = JSON.stringify({
          text,
          refreshToken: canary,
          tokens: [`sk-ant-oat01-${canary}`],
          text2: text,
        });
        for (let level = 0; level < depth; level += 1) json = JSON.stringify({ body: json });
        expect(told(redact(json))).toBe(false);
      }),
      { numRuns: Math.min(numRuns, 5000) },
    );
  });

  it.each([
    [
      `token sk-ant-oat01-${canary} of https://claude.ai/x?a=1`,
      'token sk-ant-oat01-… of https://claude.ai/x?a=1',
    ],
    [`"accessToken":"sk-ant-oat01-${canary}","expiresAt":5`, '"accessToken":"…","expiresAt":5'],
    [`http://me:${canary}@proxy:3128/x refused`, 'http://…@proxy:3128/x refused'],
    [`GET /cb?code=${canary}&state=${canary}&x=1`, 'GET /cb?code=…&state=…&x=1'],
  ])('keeps what helps: %j', (text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  it.each([
    'npm error 404 https://registry.example/@anthropic-ai/claude-code - not found',
    'pull access denied for node:24@sha256:0011223344556677, repository does not exist',
    'http://127.0.0.1:8080/callback refused (barcode=12)',
    'The sk-ant tokens are kept in /home/me/.claude-hub/.credentials.json',
    'https://docs.example/en/page#section-of-it',
    'unix:///var/run/docker.sock: permission denied',
    'The access token expired 2 h ago; it can be refreshed',
  ])('leaves alone: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('takes time in proportion to the text, whatever it is', () => {
    const units = [
      'a-',
      'a.',
      'a://',
      '://a:b',
      'sk-ant-',
      '"code":"\\',
      '\\',
      'aaaaaaaaaaaaaaaa#',
      '%25',
      '@',
      "'",
      '_',
    ];
    for (const unit of units) {
      // Milliseconds of a processor, which other work on the machine does not lengthen.
      const time = (length: number): number => {
        const text = unit.repeat(length / unit.length);
        return Math.min(
          ...[1, 2, 3].map(() => {
            const started = process.cpuUsage();
            redact(text);
            return process.cpuUsage(started).user / 1000;
          }),
        );
      };
      // Quadratic time would be 400 times as much for 20 times the text.
      expect.soft(time(400_000), unit).toBeLessThan(100 * Math.max(1, time(20_000)));
    }
  });
});
