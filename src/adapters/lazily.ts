/** The members of a port that are asynchronous methods: only they can wait for an import. */
type Asynchronous<Port> = {
  [Name in keyof Port]: Port[Name] extends (...args: never[]) => Promise<unknown> ? Name : never;
}[keyof Port];

/** What has to be there from the start, and what may be. */
type Ready<Port> = Omit<Port, Asynchronous<Port>> & Partial<Port>;

/**
 * A port whose adapter is imported when a method of it is first called, so that a command pays only for what it uses.
 * `ready` holds what is answered without it.
 */
export const lazily = <Port extends object>(ready: Ready<Port>, load: () => Promise<Port>): Port => {
  let loaded: Promise<Port> | null = null;
  return new Proxy(ready, {
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
