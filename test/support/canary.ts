import { randomBytes } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';

/** Made-up secrets, each in a shape that the real ones have, none ever the same. */
export const canarySecrets = () => {
  const secret = (bytes: number) => randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x');
  return {
    accessToken: `sk-ant-oat01-${secret(60)}-${secret(6)}AA`,
    refreshToken: `sk-ant-ort01-${secret(60)}-${secret(6)}AA`,
    longLivedToken: `sk-ant-oat01-${secret(60)}-${secret(6)}AA`,
    /** What the person pastes: `CODE#STATE`. */
    code: `${secret(32)}#${secret(32)}`,
    codeVerifier: secret(32),
  };
};

/** How long a piece of a secret is that counts as a hit: what tells nothing may be shown, such as `sk-ant-oat01-`. */
const pieceLength = 10;

/** The parts of a secret that tell something, cut into pieces; what shows any 19 characters of it shows one of them. */
const piecesOf = (secret: string): readonly string[] =>
  secret
    .replace(/^sk-ant-[a-z]+\d*-/, '')
    .split('#')
    .flatMap((part) =>
      Array.from({ length: Math.floor(part.length / pieceLength) }, (_, index) =>
        part.slice(index * pieceLength, (index + 1) * pieceLength),
      ),
    );

/** What of its base64 does not depend on what stands before and behind, for each of the three ways that it can lie. */
const inBase64 = (secret: string): readonly string[] =>
  [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]).toString('base64');
    const whole = text.slice(before === 0 ? 0 : 4, -4);
    return [whole.slice(0, 24), whole.slice(24, 48)].filter((piece) => piece.length >= 16);
  });

/** What to look for so that these secrets are found as they are, in base64 (also the kind for URLs) and in hexadecimal. */
export const needlesOf = (secrets: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    secrets.flatMap((secret) => {
      const base64 = inBase64(secret);
      return [
        ...piecesOf(secret),
        ...base64,
        ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
        ...piecesOf(secret).map((piece) => Buffer.from(piece).toString('hex')),
      ].map((needle) => [needle, secret] as const);
    }),
  );

const decoded = (text: string): string =>
  text
    .replaceAll(/\\{1,8}u([0-9a-f]{4})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    )
    .replaceAll(/(?:\\{1,8}[rnt])+/g, '\n')
    .replaceAll(/%(?:25)*([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(Number.parseInt(code, 16)),
    );

/** Without what a terminal, a box or a line's end puts into the middle of a long word. */
const joined = (text: string): string =>
  stripVTControlCharacters(text).replaceAll(/[\s\u2500-\u259f|>"'+\\]+/g, '');

/** Where the first piece of a secret is in a text. */
export interface Hit {
  readonly where: string;
  readonly secret: string;
  readonly around: string;
}

/** Everywhere that a text shows a piece of a secret: as it is, escaped for JSON or URLs, in base64, in hexadecimal, or cut into lines. */
export const findSecrets = (
  where: string,
  text: string,
  needles: ReadonlyMap<string, string>,
): readonly Hit[] => {
  const plain = decoded(text);
  const looks = [text, plain, joined(text), joined(plain)];
  const hits = new Map<string, Hit>();
  for (const [needle, secret] of needles) {
    const look = looks.find((one) => one.includes(needle));
    if (look === undefined || hits.has(secret)) continue;
    const at = look.indexOf(needle);
    const around = look.slice(Math.max(0, at - 80), at + 40);
    hits.set(secret, { where, secret: `${secret.slice(0, 16)}…`, around });
  }
  return [...hits.values()];
};
