/** Steps from one word to the other: a letter more, less or another one, or two that changed places. */
const distance = (from: string, to: string): number => {
  let [before, last] = [
    Array<number>(to.length + 1).fill(0),
    Array.from({ length: to.length + 1 }, (_, at) => at),
  ];
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next[column] = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
        swapped ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [before, last] = [last, next];
  }
  return last[to.length] ?? 0;
};

/** Longer words are never what was meant, and would take long to compare. */
const longest = 64;

/** The word that was most likely meant; null when none is near: at most a third of the letters may be wrong. */
export const nearest = (word: string, words: readonly string[]): string | null => {
  if (word.length > longest) return null;
  const [best] = words
    .filter(({ length }) => length <= longest)
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.ceil(Math.max(word.length, candidate.length) / 3))
    .toSorted((a, b) => a.far - b.far);
  return best?.candidate ?? null;
};
