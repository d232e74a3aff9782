import { expect, it } from 'vitest';
import { nearest } from '../../src/domain/nearest.ts';

it.each([
  ['stagign', ['dev', 'staging', 'test'], 'staging'],
  ['chek', ['check', 'build'], 'check'],
  ['Dev', ['dev', 'den'], 'dev'],
  ['de', ['dev', 'staging'], 'dev'],
  ['logn', ['login', 'logging'], 'login'],
  ['xyz', ['dev', 'staging'], null],
  ['a', ['b'], 'b'],
  ['', ['dev'], null],
  ['dev', [], null],
  ['x'.repeat(100_000), ['x'.repeat(99_999)], null],
])('%j of %j is %j', (word, words, meant) => {
  expect(nearest(word, words)).toBe(meant);
});
