/** Variables for interpolation: the environment over the `.env` file. */
export type Variables = Readonly<Record<string, string | undefined>>;

const reference =
  /\$(?:(?<escaped>\$)|(?<plain>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)(?:(?<operator>:?[-?+])(?<operand>(?:[^{}]|\$\{[^{}]*\})*))?\})/g;

/**
 * Compose's variable interpolation: `$VAR`, `${VAR}`, and with `:-`, `-`, `:?`, `?`, `:+`, `+`; `$$` is a dollar sign
 * (source: Compose specification, "Interpolation"). A required variable that is missing stays as it is written.
 */
export const interpolate = (text: string, variables: Variables): string =>
  text.replaceAll(reference, (whole, ...rest) => {
    const { escaped, plain, braced, operator, operand } = rest.at(-1) as Record<string, string | undefined>;
    if (escaped) return '$';
    const value = variables[plain ?? braced ?? ''];
    if (!operator) return value ?? '';
    const given = operator.startsWith(':') ? Boolean(value) : value !== undefined;
    const other = () => interpolate(operand ?? '', variables);
    if (operator.endsWith('+')) return given ? other() : '';
    if (given) return value ?? '';
    return operator.endsWith('?') ? whole : other();
  });

/** Interpolates every string of a parsed document; keys stay as they are. */
export const interpolateAll = (value: unknown, variables: Variables): unknown => {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map((item) => interpolateAll(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, interpolateAll(item, variables)]),
  );
};

/** Reads a `.env` file: `NAME=value` lines, `export` and quotes allowed, comments skipped. */
export const parseEnvFile = (text: string): Variables => {
  const entries: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    const match =
      /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*?))\s*(?:#.*)?$/.exec(line);
    if (match?.[1] === undefined) continue;
    entries.push([match[1], match[2]?.replaceAll(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? '']);
  }
  return Object.fromEntries(entries);
};
