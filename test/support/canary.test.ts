import { describe, expect, it } from 'vitest';
import { canarySecrets, findSecrets, needlesOf } from './canary.ts';

const secrets = canarySecrets();
const needles = needlesOf(Object.values(secrets));
const found = (text: string) => findSecrets('here', text, needles).length > 0;
const cut = (text: string, width: number, between: string) =>
  (text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(between);

describe.each(Object.entries(secrets))('the search for a %s', (_, secret) => {
  it.each<readonly [string, (text: string) => string]>([
    ['as it is', (text) => text],
    ['a part of it', (text) => text.slice(20, 42)],
    ['in JSON', (text) => JSON.stringify({ value: text })],
    [
      'in JSON with escapes',
      (text) => text.replaceAll(/[^#]/g, (one) => `\\u00${one.charCodeAt(0).toString(16)}`),
    ],
    ['in JSON in JSON', (text) => JSON.stringify(JSON.stringify({ value: `${cut(text, 9, '\n')}` }))],
    ['in a URL', (text) => `?a=${encodeURIComponent(text)}`],
    [
      'in a URL, every character',
      (text) => [...text].map((one) => `%${one.charCodeAt(0).toString(16)}`).join(''),
    ],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64, behind something', (text) => Buffer.from(`{"a":"${text}"}`).toString('base64')],
    ['in base64, behind something else', (text) => Buffer.from(`Bearer: ${text}`).toString('base64url')],
    ['in base64 on lines', (text) => cut(Buffer.from(`x${text}`).toString('base64'), 19, '\n')],
    ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
    ['on lines', (text) => cut(text, 7, '\n')],
    ['in a box', (text) => cut(text, 9, ' │\r\n│ ')],
    ['in colours', (text) => cut(text, 5, '\u001b[1;31m')],
  ])('finds it %s', (_name, written) => {
    expect(found(`before ${written(secret)} behind`)).toBe(true);
  });
});

it('finds nothing in what has none of them', () => {
  const others = Object.values(canarySecrets()).join(' ');
  expect(found(`${others} ${Buffer.from(others).toString('base64')} sk-ant-oat01-… sk-ant-ort01-`)).toBe(
    false,
  );
});
