/** Members of a port that are not asynchronous methods: they have to be known before its adapter is there. */
type Known<Port> = {
  readonly [Name in keyof Port as Port[Name] extends (...args: never[]) => Promise<unknown>
    ? never
    : Name]: Port[Name];
};

/**
 * A port whose adapter is imported when a method of it is first called, so that a command pays only for what it uses.
 * `known` holds what can be read at once.
 */
export const lazily = <Port extends object>(known: Known<Port>, load: () => Promise<Port>): Port => {
  let loaded: Promise<Port> | null = null;
  return new Proxy(known, {
    get(target, name) {
      // Nobody can await a port; asking for `then` must not make it look like a promise.
      if (name === 'then' || name in target) return Reflect.get(target, name);
      return async (...args: readonly unknown[]) => {
        loaded ??= load();
        const port: object = await loaded;
        const method: unknown = Reflect.get(port, name);
        if (typeof method !== 'function') throw new Error(`a port has no method ${String(name)}`);
        return Reflect.apply(method, port, args);
      };
    },
  }) as Port;
};
