/**
 * Whether a value is nested deeper than `limit`. Beyond some thousand levels it can be read as JSON but not written
 * again: the engine's stack ends. Goes level by level, so that its own stack does not.
 */
export const isDeeperThan = (value: unknown, limit: number): boolean => {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limit) return true;
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []));
  }
  return false;
};
