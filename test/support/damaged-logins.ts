import fc from 'fast-check';

/** What must be told nowhere. */
export const canary = 'CANARYcanaryCANARYcanary';

/** A login of everything that 2.1.330 writes that the checks look at. */
export const wholeLogin = {
  claudeAiOauth: {
    accessToken: `sk-ant-oat01-${canary}`,
    refreshToken: `sk-ant-ort01-${canary}`,
    expiresAt: 1_990_000_000_000,
    refreshTokenExpiresAt: 1_997_000_000_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  },
  mcpOAuth: { server: { refreshToken: canary } },
};

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Any JSON value in the place of any key, keys taken out, and keys added. */
const otherValues = fc
  .record({
    path: fc.constantFrom(...Object.keys(wholeLogin.claudeAiOauth), 'claudeAiOauth', 'mcpOAuth', 'other'),
    value: fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(undefined, '', `sk-ant-oat01-${canary}`, -1, 1e308, 1_990_000_000, 'user:inference'),
    ),
  })
  .map(({ path, value }) => {
    const inside = path === 'other' || path in wholeLogin.claudeAiOauth;
    const oauth = inside ? { ...wholeLogin.claudeAiOauth, [path]: value } : wholeLogin.claudeAiOauth;
    return bytes(
      JSON.stringify({ ...wholeLogin, claudeAiOauth: oauth, ...(inside ? {} : { [path]: value }) }),
    );
  });

/** Bytes of a good file cut, doubled, overwritten. */
const otherBytes = fc
  .record({ at: fc.nat(450), length: fc.nat(50), insert: fc.uint8Array({ maxLength: 30 }) })
  .map(({ at, length, insert }) => {
    const good = bytes(JSON.stringify(wholeLogin));
    return Uint8Array.of(...good.subarray(0, at), ...insert, ...good.subarray(at + length));
  });

/** One byte of a good file changed, so that it often still is JSON. */
const oneByte = fc
  .record({ at: fc.nat(380), byte: fc.integer({ min: 0x20, max: 0x7e }) })
  .map(({ at, byte }) => {
    const good = bytes(JSON.stringify(wholeLogin));
    good[Math.min(at, good.length - 1)] = byte;
    return good;
  });

/** The content of a credentials file that something happened to. */
export const damagedLogin: fc.Arbitrary<Uint8Array> = fc.oneof(otherValues, otherBytes, oneByte);
