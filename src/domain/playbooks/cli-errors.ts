import { redact } from '../redact.ts';

/** A way in which the Claude CLI fails, known by what it writes. */
export interface CliError {
  readonly id: string;
  /** Matches a line of a container's output, escape sequences taken out. */
  readonly pattern: RegExp;
  /** One sentence. */
  readonly cause: string;
  readonly fix: string;
}

/** What was recognised, with the last line that shows it, redacted. */
export interface RecognisedError extends Omit<CliError, 'pattern'> {
  readonly evidence: string;
}

/**
 * What the CLI and its system libraries write when they fail (source: claude-cli-observed, "Sessions, signals, time",
 * "Files" and "Reported by users"; the rest are Node's and Bun's names for system and TLS errors). The causes that
 * explain others come first: without a network everything else fails as well.
 */
export const cliErrors: readonly CliError[] = [
  {
    id: 'cli-tls',
    pattern:
      /SELF_SIGNED_CERT|self.signed certificate|UNABLE_TO_(?:VERIFY_LEAF|GET_ISSUER_CERT)|unable to (?:verify the first|get (?:local )?issuer) certificate|CERT_(?:HAS_EXPIRED|NOT_YET_VALID)|unknown certificate/i,
    cause: 'Something on the way intercepts TLS, and the container does not trust its certificate',
    fix: "mount your network's certificate authority and set NODE_EXTRA_CA_CERTS to it in the container; for the setup image: claude-setup build --ca FILE",
  },
  {
    id: 'cli-no-dns',
    pattern: /\b(?:ENOTFOUND|EAI_AGAIN)\b|getaddrinfo|could not resolve host/i,
    cause: 'The container can not look up host names',
    fix: 'give the container a network with DNS (look for network_mode: none, internal: true and dns: in its service), or set HTTPS_PROXY where there is only a proxy',
  },
  {
    id: 'cli-no-network',
    pattern:
      /Unable to connect to Anthropic services|\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)\b|ConnectionRefused|Unable to connect to API|network is unreachable/i,
    cause: 'The container can not reach api.anthropic.com',
    fix: 'let it out to api.anthropic.com:443, or set HTTPS_PROXY in its environment',
  },
  {
    id: 'cli-root',
    pattern: /cannot be used with root\/sudo privileges/i,
    cause: 'The container runs as root, and --dangerously-skip-permissions refuses that',
    fix: 'run it as another user: user: "1000:1000" in its service, and a HOME that belongs to that user',
  },
  {
    id: 'cli-read-only',
    pattern: /\bEROFS\b|read-only file system/i,
    cause: 'The CLI writes into a mount that is read-only',
    fix: 'mount the directory writable, or a lease made with claude-setup apply; a full login on a read-only mount is lost at the first refresh',
  },
  {
    id: 'cli-disk-full',
    pattern: /\bENOSPC\b|no space left on device/i,
    cause: 'The disk that the container writes to is full',
    fix: 'free some space: docker system df shows what Docker holds',
  },
  {
    id: 'cli-no-access',
    pattern: /\b(?:EACCES|EPERM)\b[^\n]*(?:\.credentials\.json|\.claude)|permission denied[^\n]*\.claude/i,
    cause:
      "The container's user may not read or write the mounted login: it has another user id than the files",
    fix: 'run the container as the user that owns the directory (user: "UID:GID" of ls -ln), or make the files its own with chown',
  },
  {
    id: 'cli-no-state',
    pattern: /\bENOENT\b[^\n]*\.claude\.json|configuration file not found[^\n]*\.claude\.json/i,
    cause: '.claude.json is not where the CLI looks for it',
    fix: 'set CLAUDE_CONFIG_DIR to the mounted directory; then .claude.json is expected inside it, where claude-setup keeps it',
  },
  {
    id: 'cli-broken-state',
    pattern: /(?:JSON Parse error|Unexpected (?:token|end of JSON)|is corrupted|invalid JSON)/i,
    cause: 'A file of the mounted directory is not JSON: half written, or written by two processes at once',
    fix: 'run claude-setup check, then claude-setup rollback PROFILE',
  },
  {
    id: 'cli-api-key',
    pattern: /Invalid API key|invalid x-api-key/i,
    cause: 'The CLI uses an API key, not the captured login, and the key is refused',
    fix: 'remove ANTHROPIC_API_KEY and ANTHROPIC_AUTH_TOKEN from the container, and apiKeyHelper from settings.json',
  },
  {
    id: 'cli-revoked',
    pattern: /OAuth token (?:has been )?revoked|invalid_grant|refresh token (?:is )?(?:invalid|expired)/i,
    cause: 'The login was ended: signed out elsewhere, or another copy of it refreshed before this one',
    fix: 'sign in again with claude-setup login, and give every container a lease instead of the login',
  },
  {
    id: 'cli-token-expired',
    pattern:
      /OAuth token has expired|authentication_error|\b401\b[^\n]*(?:unauthori[sz]ed|auth)|OAuth authentication[^\n]*invalid/i,
    cause: 'The access token has run out, and nothing refreshed it in time',
    fix: 'refresh it with claude-setup refresh; a container with a lease gets the next one from claude-setup watch',
  },
  {
    id: 'cli-scopes',
    pattern: /permission_error|insufficient[_ ]scope|OAuth token does not meet scope/i,
    cause: 'The login was made with fewer scopes than this needs',
    fix: 'sign in again with claude-setup login, and not with setup-token, whose tokens are for inference only',
  },
  {
    id: 'cli-not-signed-in',
    pattern: /Please run \/login|Not logged in|Select login method|Paste code here/i,
    cause: 'The CLI finds no login in the container',
    fix: "mount the profile's directory and set CLAUDE_CONFIG_DIR to where it is mounted; on macOS the login of the host is in the Keychain, so sign in with claude-setup login",
  },
  {
    id: 'cli-onboarding',
    pattern:
      /Choose the text style|Let's get started|Do you trust the files in this folder|trust this folder/i,
    cause: 'The CLI shows its first-run screens and waits for somebody to answer',
    fix: 'mark onboarding done and trust the folder: the guided screen of claude-setup doctor does it',
  },
  {
    id: 'cli-no-terminal',
    pattern: /Raw mode is not supported|Input must be provided either through stdin/i,
    cause: 'The CLI was started without a terminal and without a prompt',
    fix: 'give the container a terminal (tty: true and stdin_open: true), or a prompt: claude -p "…"',
  },
  {
    id: 'cli-not-installed',
    pattern: /claude["']?: (?:executable file )?(?:command )?not found|exec: "claude"/i,
    cause: 'The image has no Claude CLI, or not on its PATH',
    fix: 'use the setup image, claude-setup:latest, as the base, or install @anthropic-ai/claude-code in yours',
  },
  {
    id: 'cli-limit',
    pattern: /usage limit reached|rate_limit_error|Credit balance is too low/i,
    cause: 'The account is at its limit; the login itself is fine',
    fix: 'wait until the limit ends, or use another account',
  },
];

const longestEvidence = 160;

/** The known errors in an output, the likeliest cause first. Empty when nothing in it is known. */
export const recogniseCliErrors = (output: string): readonly RecognisedError[] => {
  const lines = output
    .replaceAll(/\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)/g, '')
    .split(/\r?\n|\r/)
    // A line can be a whole JSON answer; matching is linear, but nobody needs more of it.
    .map((line) => line.slice(0, 2000));
  return cliErrors.flatMap(({ pattern, ...error }) => {
    const line = lines.findLast((candidate) => pattern.test(candidate));
    return line === undefined ? [] : [{ ...error, evidence: shown(line) }];
  });
};

const shown = (line: string): string => {
  const clean = redact(line)
    .replaceAll(/\p{C}+/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return clean.length > longestEvidence ? `${clean.slice(0, longestEvidence - 1)}…` : clean;
};
