const units: readonly (readonly [number, string])[] = [
  [24 * 60 * 60, 'd'],
  [60 * 60, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** A span of seconds in its two largest units, such as `7 h 46 min`; `0 s` for nothing. */
export const span = (seconds: number): string => {
  let rest = Math.round(Math.abs(seconds));
  const first = units.findIndex(([size]) => rest >= size);
  if (first < 0) return '0 s';
  const parts: string[] = [];
  for (const [size, name] of units.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.join(' ');
};

/** `in 7 h 46 min`, `3 d ago`. */
export const relative = (milliseconds: number, now: number): string =>
  milliseconds >= now
    ? `in ${span((milliseconds - now) / 1000)}`
    : `${span((now - milliseconds) / 1000)} ago`;

/** `ends in 7 h 46 min`, `ended 3 d ago`. */
export const ends = (milliseconds: number, now: number): string =>
  `${milliseconds >= now ? 'ends' : 'ended'} ${relative(milliseconds, now)}`;

/** Date and time to the minute in the person's zone, with the zone's name. */
export const zoned = (milliseconds: number, timeZone?: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  }).format(milliseconds);
