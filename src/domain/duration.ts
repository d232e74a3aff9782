const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3600_000,
  d: 86_400_000,
};

/** Milliseconds of a span as people type it: `90s`, `30m`, `1h`, `2d`; null for anything else. */
export const durationOf = (text: string): number | null => {
  const [, count, unit] = /^(\d{1,6})\s*(s|m|min|h|d)$/.exec(text.trim()) ?? [];
  const size = units[unit ?? ''];
  return count === undefined || size === undefined ? null : Number(count) * size;
};
