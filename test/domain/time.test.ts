import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ends, relative, span, zoned } from '../../src/domain/time.ts';

describe('a span', () => {
  it.each([
    [0, '0 s'],
    [0.4, '0 s'],
    [1, '1 s'],
    [59.6, '1 min'],
    [61, '1 min 1 s'],
    [3599.6, '1 h'],
    [3600, '1 h'],
    [3601, '1 h'],
    [27_960, '7 h 46 min'],
    [86_399, '23 h 59 min'],
    [86_400, '1 d'],
    [90_061, '1 d 1 h'],
    [-90, '1 min 30 s'],
    [40 * 86_400, '40 d'],
  ])('of %d s is %s', (seconds, text) => {
    expect(span(seconds)).toBe(text);
  });

  it('never has a unit that is full', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (seconds) => {
        expect(span(seconds)).not.toMatch(/\b(?:60 s|60 min|24 h)\b/);
      }),
    );
  });
});

describe('a time', () => {
  const now = Date.UTC(2026, 10, 24, 10);
  it('is told from now on', () => {
    expect(relative(now + 90_000, now)).toBe('in 1 min 30 s');
    expect(relative(now - 86_400_000, now)).toBe('1 d ago');
    expect(ends(now + 1000, now)).toBe('ends in 1 s');
    expect(ends(now - 1000, now)).toBe('ended 1 s ago');
  });

  it.each([
    ['UTC', '24 Nov 2026, 10:00 UTC'],
    ['Europe/Berlin', '24 Nov 2026, 11:00 CET'],
    ['America/St_Johns', '24 Nov 2026, 06:30 GMT-3:30'],
    ['Pacific/Kiritimati', '25 Nov 2026, 00:00 GMT+14'],
  ])('is told in the zone %s', (zone, text) => {
    expect(zoned(now, zone)).toBe(text);
  });

  it('follows the clocks that are put back', () => {
    expect(zoned(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('25 Oct 2026, 02:30 CEST');
    expect(zoned(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('25 Oct 2026, 02:30 CET');
  });
});
