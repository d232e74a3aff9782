import type { Failure, FailureCode } from './failure.ts';

/** Every line of ours in a build's or a container's output begins with this. */
const ourMark = 'claude-setup: ';

/** One cause of a failed build: it is the cause when the pattern matches a line. */
interface Cause {
  readonly code: FailureCode;
  readonly pattern: RegExp;
  readonly what: string;
  readonly fix: string;
}

/** Looked at in this order, because a cause shows in the words of a later one: a pull that fails for lack of a network, say. */
const causes: readonly Cause[] = [
  {
    code: 'image.disk-full',
    pattern: /no space left on device|\bENOSPC\b|disk quota exceeded|not enough free space/i,
    what: 'The disk of the engine is full',
    fix: 'free some space (`docker system df` shows what takes it), then build again',
  },
  {
    code: 'image.tls',
    pattern: /(?:x509|tls): .*certificate|certificate signed by unknown authority/i,
    what: "The engine does not trust the registry's certificate",
    fix: "add your network's certificate authority to the engine's own trust store and restart it, or load the base image with `docker load`",
  },
  {
    code: 'image.tls',
    pattern: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|certificate (?:has expired|is not yet valid)/i,
    what: "A certificate is out of date in the engine's eyes",
    fix: "check the clock of the engine's machine, then the certificates in your extra CA file",
  },
  {
    code: 'image.tls',
    pattern:
      /SELF_SIGNED_CERT|self.signed certificate|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)|unable to (?:get (?:local )?issuer certificate|verify the first certificate)|ERR_TLS_|\bSSL(?: certificate problem|_ERROR|routines)|certificate verif(?:y|ication) failed/i,
    what: 'Something between the build and the npm registry intercepts TLS',
    fix: "give the build your network's certificate authority: `claude-setup build --ca FILE`",
  },
  {
    code: 'image.cli-version',
    pattern:
      /^claude-setup: .*version|\bETARGET\b|No matching version found for @anthropic-ai\/claude-code|npm (?:error|ERR!) 404 .*@anthropic-ai\/claude-code/i,
    what: 'That version of the Claude CLI could not be installed',
    fix: 'choose another one: `claude-setup build --cli-version VERSION`',
  },
  {
    code: 'image.base-missing',
    pattern:
      /manifest (?:for \S+ (?:not found|unknown)|unknown)|pull access denied|repository (?:does not exist|name must be)|no such image|no matching manifest|toomanyrequests|unauthorized|denied: requested access|invalid reference format|failed to resolve source metadata|initializing source docker|short-name .* did not resolve|Get "?https?:\/\/\S*\/v2\/|error pulling image/i,
    what: 'The base image could not be had',
    fix: "check the base image's name and the engine's way to its registry, load it with `docker load`, or choose another: `claude-setup build --base IMAGE`",
  },
  {
    code: 'image.network',
    pattern:
      /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT|EIDLETIMEOUT)\b|network is unreachable|temporary failure (?:in name resolution|resolving)|could not resolve|no such host|connection (?:timed out|refused|reset)|i\/o timeout|proxyconnect|tunneling socket|socket hang up/i,
    what: 'The build could not reach the network',
    fix: 'check the connection, and give the build your proxy if there is one: `claude-setup build --https-proxy URL`',
  },
];

/** Lines that repeat the text of a step, whose words are not what happened. */
const echo =
  /^(?:STEP \d+|The command '|.*process "\/bin\/sh|.*building at STEP|\s*-+>|Removing intermediate)/i;

/** Lines that only say that something failed, not what. */
const noise =
  /^(?:\s*$|.*returned a non-zero code|npm (?:error|ERR!)(?: A complete log| \/|\s*$)|npm (?:warn|notice))/i;

const escapeSequences = new RegExp(
  `${String.fromCharCode(27)}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${String.fromCharCode(7)}]*${String.fromCharCode(7)})`,
  'g',
);

/** A line of build output fit to be shown: no control characters, no password of a proxy, at most 200 characters. */
const shown = (line: string): string => {
  const text = line
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/\/\/[^\s/@]+@/g, '//***@')
    .replace(/^(?:npm (?:error|ERR!)|claude-setup:) /, '')
    .trim()
    .replace(/\.$/, '');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
};

/**
 * What made an image build fail, from the end of its output.
 *
 * @param lines the last lines of the build, oldest first, the engine's error text as the last
 * @param step the text of the step that failed, or null when the build did not get that far
 */
export const diagnoseBuild = (lines: readonly string[], step: string | null): Failure => {
  const newestFirst = lines
    .flatMap((text) => text.replaceAll(escapeSequences, '').split(/[\r\n]+/))
    .filter((line) => !echo.test(line))
    .reverse();
  for (const { code, pattern, what, fix } of causes) {
    const line = newestFirst.find((text) => pattern.test(text));
    if (line !== undefined) return { code, what, why: shown(line), fix };
  }
  const telling =
    newestFirst.find((line) => line.startsWith(ourMark)) ??
    newestFirst.find((line) => !noise.test(line) && /error|^E: |failed|cannot|can't|denied/i.test(line)) ??
    newestFirst.find((line) => !noise.test(line)) ??
    newestFirst.find((line) => line.trim() !== '');
  return {
    code: 'image.step-failed',
    what:
      step === null ? 'The image build failed' : `The image build failed at "${shown(step).slice(0, 60)}"`,
    why: telling === undefined ? 'the engine gave no reason' : shown(telling),
    fix: 'read the last lines of the build, change what they name, then build again',
  };
};
