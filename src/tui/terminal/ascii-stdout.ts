/**
 * A terminal that is outside of UTF-8. Ink cuts texts with an ellipsis and can't be told another sign; here it becomes one
 * that is as wide and that every terminal has.
 */
export const asciiStdout = (stdout: NodeJS.WriteStream): NodeJS.WriteStream => {
  const write: NodeJS.WriteStream['write'] = (chunk: string | Uint8Array, ...rest: unknown[]) =>
    Reflect.apply(stdout.write, stdout, [
      typeof chunk === 'string' ? chunk.replaceAll('…', '~') : chunk,
      ...rest,
    ]);
  return new Proxy(stdout, {
    get(target, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
};
