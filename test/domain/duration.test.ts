import { expect, it } from 'vitest';
import { durationOf } from '../../src/domain/duration.ts';

it.each([
  ['90s', 90_000],
  ['30m', 1_800_000],
  ['30 min', 1_800_000],
  ['1h', 3_600_000],
  ['2d', 172_800_000],
  ['0s', 0],
  ['', null],
  ['1', null],
  ['-1h', null],
  ['1.5h', null],
  ['1w', null],
])('%j is %s ms', (text, milliseconds) => {
  expect(durationOf(text)).toBe(milliseconds);
});
