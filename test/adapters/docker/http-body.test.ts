import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EngineLost, NotAnEngine } from '../../../src/adapters/docker/engine-errors.ts';
import { type BodyFraming, createHttpBody } from '../../../src/adapters/docker/http-body.ts';

const chunked: BodyFraming = { chunked: true, length: null };

/** The body that comes out of bytes fed in pieces, and whether it is whole. */
const read = (framing: BodyFraming, bytes: Uint8Array, pieceSize: number) => {
  const body = createHttpBody(framing);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) {
    body.feed(bytes.subarray(at, at + pieceSize), (piece) => pieces.push(Buffer.from(piece)));
  }
  return { body, text: Buffer.concat(pieces).toString('latin1') };
};

const inChunks = (parts: readonly string[], extension: string, trailer: string): Buffer =>
  Buffer.from(
    `${parts.map((part) => `${part.length.toString(16)}${extension}\r\n${part}\r\n`).join('')}0\r\n${trailer}\r\n`,
    'latin1',
  );

it('a chunked body comes out the same wherever it is cut, and is whole only at its end', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 6 }),
      fc.constantFrom('', ';name=value'),
      fc.constantFrom('', 'Expires: never\r\n'),
      fc.integer({ min: 1, max: 30 }),
      fc.nat(),
      (parts, extension, trailer, pieceSize, cut) => {
        const bytes = inChunks(parts, extension, trailer);
        const whole = read(chunked, bytes, pieceSize);
        expect(whole.text).toBe(parts.join(''));
        expect(whole.body.isComplete).toBe(true);
        whole.body.end();
        const part = read(chunked, bytes.subarray(0, cut % bytes.length), pieceSize);
        expect(part.body.isComplete).toBe(false);
        expect(parts.join('').startsWith(part.text)).toBe(true);
        expect(() => part.body.end()).toThrow(EngineLost);
      },
    ),
  );
});

it('a body of a known length ends with it, and one of none with the connection', () => {
  const counted: BodyFraming = { chunked: false, length: 5 };
  const { body, text } = read(counted, Buffer.from('12345 and more'), 3);
  expect([text, body.isComplete]).toEqual(['12345', true]);
  expect(() => read(counted, Buffer.from('1234'), 9).body.end()).toThrow(EngineLost);
  expect(createHttpBody({ chunked: false, length: 0 }).isComplete).toBe(true);
  const open = read({ chunked: false, length: null }, Buffer.from('all of it'), 4);
  expect([open.text, open.body.isComplete]).toEqual(['all of it', false]);
  open.body.end();
});

it.each([
  'x\r\n',
  '-1\r\n',
  '\r\n',
  '3\r\nabcd\r\n0\r\n\r\n',
  `${'1'.repeat(2000)}\r\n`,
  'fffffffffffff\r\n',
])('%j is no chunked body', (text) => {
  expect(() => read(chunked, Buffer.from(text), 7)).toThrow(NotAnEngine);
});
