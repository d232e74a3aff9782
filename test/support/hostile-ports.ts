import type { Failure } from '../../src/domain/failure.ts';
import type { Ports } from '../../src/ports/ports.ts';

export interface Hostility {
  /** The call that goes wrong, such as `store.gather`; null for none. */
  readonly at: string | null;
  /** Whether it answers with a failure, or is a bug and throws. */
  readonly how: 'fails' | 'throws';
  /** Stands in everything that it says. */
  readonly secret: string;
}

/** The same ports, of which one call goes wrong and says a secret. The names of all calls go into `calls`, those of what the ports give out among them. */
export const hostilePorts = (ports: Ports, { at, how, secret }: Hostility, calls: Set<string>): Ports => {
  const words = `it said {"accessToken":"${secret}"}, Bearer ${secret} and ${secret}`;
  const failure: Failure = { code: 'engine.lost', what: `Lost: ${words}`, why: words, fix: words };

  const answerOf = (name: string, answer: unknown): unknown => {
    if (!isResult(answer)) return wrapped(name, answer);
    if (name === at && how === 'fails') return { ok: false, failure };
    return answer.ok ? { ...answer, value: wrapped(name, answer.value) } : answer;
  };

  const wrapped = (name: string, value: unknown): unknown => {
    if (!isPlain(value)) return value;
    return new Proxy(value, {
      get(target, key) {
        const part: unknown = Reflect.get(target, key);
        if (typeof key !== 'string') return part;
        const called = name === '' ? key : `${name}.${key}`;
        if (typeof part !== 'function') return wrapped(called, part);
        return (...args: readonly unknown[]) => {
          const answer: unknown = Reflect.apply(part, target, args);
          if (!(answer instanceof Promise)) return wrapped(called, answer);
          calls.add(called);
          return called === at && how === 'throws'
            ? answer.then(() => Promise.reject(new Error(`A bug: ${words}`)))
            : answer.then((given: unknown) => answerOf(called, given));
        };
      },
    });
  };
  return wrapped('', ports) as Ports;
};

const isResult = (value: unknown): value is { readonly ok: boolean; readonly value?: unknown } =>
  typeof value === 'object' && value !== null && 'ok' in value && typeof value.ok === 'boolean';

/** An object of functions and values, as ports are; nothing with a life of its own, and no frozen data. */
const isPlain = (value: unknown): value is object =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !Object.isFrozen(value) &&
  Object.values(Object.getOwnPropertyDescriptors(value)).some(
    ({ value: part, get }) => get !== undefined || typeof part === 'function' || isHolder(part),
  );

/** `runtimes` holds only functions; `search.engine` stands in an object of data. */
const isHolder = (part: unknown): boolean =>
  typeof part === 'object' && part !== null && Object.values(part).some((one) => typeof one === 'function');
