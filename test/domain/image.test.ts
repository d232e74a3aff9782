import { describe, expect, it } from 'vitest';
import type { FailureCode } from '../../src/domain/failure.ts';
import { diagnoseBuild } from '../../src/domain/image.ts';

interface Case {
  readonly name: string;
  readonly lines: readonly string[];
  readonly code: FailureCode;
  /** Part of the reason. */
  readonly why: string;
}

/** The classic builder repeats the step, with every message in it that was not said. */
const npmExit =
  '\u001b[0mThe command \'/bin/sh -c : install the Claude CLI; set -eu; npm install; echo "claude-setup: asked for version $version"\' returned a non-zero code: 1';

const cases: readonly Case[] = [
  {
    name: 'an image that no registry knows',
    lines: [
      'pull access denied for nosuch/image, repository does not exist or may require docker login: denied: requested access to the resource is denied',
    ],
    code: 'image.base-missing',
    why: 'pull access denied for nosuch/image',
  },
  {
    name: 'a tag that does not exist',
    lines: ['manifest for node:99-none not found: manifest unknown: manifest unknown'],
    code: 'image.base-missing',
    why: 'manifest for node:99-none not found',
  },
  {
    name: 'no way to the registry',
    lines: [
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 127.0.0.11:53: no such host',
    ],
    code: 'image.base-missing',
    why: 'no such host',
  },
  {
    name: "the registry's pull limit",
    lines: ['toomanyrequests: You have reached your pull rate limit.'],
    code: 'image.base-missing',
    why: 'pull rate limit',
  },
  {
    name: "Podman's words for a missing image",
    lines: [
      'initializing source docker://nosuch:latest: reading manifest latest in docker.io/library/nosuch: unauthorized',
    ],
    code: 'image.base-missing',
    why: 'unauthorized',
  },
  {
    name: 'a registry whose certificate the engine does not trust',
    lines: ['Get "https://registry-1.docker.io/v2/": x509: certificate signed by unknown authority'],
    code: 'image.tls',
    why: 'certificate signed by unknown authority',
  },
  {
    name: 'a proxy that intercepts TLS',
    lines: [
      '\u001b[91mnpm error code SELF_SIGNED_CERT_IN_CHAIN',
      'npm error errno SELF_SIGNED_CERT_IN_CHAIN',
      'npm error request to https://registry.npmjs.org/@anthropic-ai%2fclaude-code failed, reason: self-signed certificate in certificate chain',
      'npm error A complete log of this run can be found in: /tmp/npm/_logs/x-debug-0.log',
      npmExit,
    ],
    code: 'image.tls',
    why: 'request to https://registry.npmjs.org/@anthropic-ai%2fclaude-code failed, reason: self-signed certificate in certificate chain',
  },
  {
    name: 'an issuer that is not known',
    lines: [
      'npm ERR! request to https://registry.npmjs.org/x failed, reason: unable to get local issuer certificate',
    ],
    code: 'image.tls',
    why: 'unable to get local issuer certificate',
  },
  {
    name: 'a clock that is wrong',
    lines: ['npm error code CERT_NOT_YET_VALID', 'npm error certificate is not yet valid', npmExit],
    code: 'image.tls',
    why: 'certificate is not yet valid',
  },
  {
    name: 'a name that does not resolve',
    lines: [
      'npm error code EAI_AGAIN',
      'npm error request to https://registry.npmjs.org/@anthropic-ai%2fclaude-code failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org',
      npmExit,
    ],
    code: 'image.network',
    why: 'getaddrinfo EAI_AGAIN registry.npmjs.org',
  },
  {
    name: 'a proxy that refuses, its password not repeated',
    lines: [
      'npm error request to https://registry.npmjs.org/x failed, reason: connect ECONNREFUSED http://me:hunter2@proxy.example:3128',
    ],
    code: 'image.network',
    why: 'http://***@proxy.example:3128',
  },
  {
    name: 'a full disk, though the line after it speaks of the network',
    lines: ['write /opt/claude: no space left on device', 'connection reset by peer'],
    code: 'image.disk-full',
    why: 'no space left on device',
  },
  {
    name: 'a version that does not exist',
    lines: [
      'npm error code ETARGET',
      'npm error notarget No matching version found for @anthropic-ai/claude-code@2.1.99999.',
      npmExit,
    ],
    code: 'image.cli-version',
    why: 'No matching version found for @anthropic-ai/claude-code@2.1.99999',
  },
  {
    name: 'another version than asked for',
    lines: [
      'claude-setup: asked for version 2.1.330 of the Claude CLI, got "2.1.197 (Claude Code)"',
      npmExit,
    ],
    code: 'image.cli-version',
    why: 'asked for version 2.1.330 of the Claude CLI, got "2.1.197 (Claude Code)"',
  },
  {
    name: 'a base that lacks a tool: our own line tells',
    lines: ['npm error something', 'claude-setup: the base image has no setpriv', npmExit],
    code: 'image.step-failed',
    why: 'the base image has no setpriv',
  },
  {
    name: "Podman's words for a failed step",
    lines: [
      'STEP 8/21: RUN : install the Claude CLI; echo "claude-setup: asked for version"',
      'useradd: cannot open /etc/passwd',
      'building at STEP "RUN : install; echo \\"claude-setup: asked for version\\"": while running runtime: exit status 1',
    ],
    code: 'image.step-failed',
    why: 'useradd: cannot open /etc/passwd',
  },
  {
    name: 'anything else: the last telling line',
    lines: ['doing things', 'useradd: cannot lock /etc/passwd; try again later.', '', npmExit],
    code: 'image.step-failed',
    why: 'useradd: cannot lock /etc/passwd; try again later',
  },
];

describe('diagnoseBuild', () => {
  it.each(cases)('$name: $code', ({ lines, code, why }) => {
    const failure = diagnoseBuild(lines, 'RUN : install the Claude CLI; set -eu');
    expect(failure.code).toBe(code);
    expect(failure.why).toContain(why);
    expect(failure.fix).not.toBe('');
    expect(JSON.stringify(failure)).not.toContain('hunter2');
  });

  it('names the step, cut to a line', () => {
    const failure = diagnoseBuild(['boom'], `RUN : prepare the user; ${'x'.repeat(500)}`);
    expect(failure.what).toMatch(/^The image build failed at "RUN : prepare the user; x+"$/);
    expect(failure.what.length).toBeLessThan(100);
  });

  it('says that there is no reason when there is none', () => {
    expect(diagnoseBuild([], null)).toMatchObject({
      code: 'image.step-failed',
      what: 'The image build failed',
      why: 'the engine gave no reason',
    });
  });

  it('shows a line without escape sequences, line breaks or endless length', () => {
    const { why } = diagnoseBuild([`\u001b[31merror:\u001b[0m ${'y'.repeat(1000)}\r\n`], null);
    expect(why).toMatch(/^error: y+…$/);
    expect(why.length).toBeLessThanOrEqual(200);
  });
});
