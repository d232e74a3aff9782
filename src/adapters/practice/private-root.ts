import { isAbsolute, join } from 'node:path';

/**
 * The same port, for which `root` is the whole file system: absolute paths that go in are taken below it, and in what
 * comes out it is cut off. So nothing outside of it is read or written, and people see plain paths.
 */
export const withPrivateRoot = <Port extends object>(root: string, port: Port): Port => {
  const inward = (text: string) => (isAbsolute(text) && !text.startsWith(root) ? join(root, text) : text);
  const outward = (text: string) => text.replaceAll(root, '');
  return new Proxy(port, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof value !== 'function') return mapTexts(value, outward);
      return (...args: readonly unknown[]) => {
        const answer: unknown = Reflect.apply(
          value,
          target,
          args.map((arg) => mapTexts(arg, inward)),
        );
        return answer instanceof Promise
          ? answer.then((result) => mapTexts(result, outward))
          : mapTexts(answer, outward);
      };
    },
  });
};

/** Changes every text in plain data; streams, signals, functions and bytes stay what they are. */
const mapTexts = (value: unknown, change: (text: string) => string): unknown => {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((part) => mapTexts(part, change));
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapTexts(part, change)]));
};
