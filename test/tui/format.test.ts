import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatDistance,
  formatDuration,
  formatElapsed,
  formatMoment,
} from '../../src/tui/format.ts';

const minute = 60_000;
const hour = 60 * minute;

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [34_100_000, '34.1 MB'],
  [1_500_000_000, '1.5 GB'],
])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

it.each([
  [0, '0:00'],
  [67_000, '1:07'],
  [3_723_000, '1:02:03'],
])('%i ms are %s on a clock', (elapsed, text) => expect(formatElapsed(elapsed)).toBe(text));

it.each([
  [7000, '7 s'],
  [123_000, '2 min 3 s'],
])('%i ms are %s in words', (elapsed, text) => expect(formatDuration(elapsed)).toBe(text));

it.each([
  [20_000, 'in less than a minute'],
  [5 * minute, 'in 5 min'],
  [7 * hour + 40 * minute, 'in 7 h 40 min'],
  [-3 * 24 * hour, '3 days ago'],
])('%i ms away is %s', (distance, text) => expect(formatDistance(distance)).toBe(text));

describe('a moment', () => {
  it('is told with its zone', () => {
    expect(formatMoment(Date.UTC(2026, 10, 24, 10), 'UTC')).toBe('2026-11-24 10:00 UTC');
    expect(formatMoment(Date.UTC(2026, 10, 24, 10), 'Asia/Kolkata')).toBe('2026-11-24 15:30 GMT+5:30');
  });
});
