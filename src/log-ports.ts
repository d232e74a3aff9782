import type { DebugLog } from './ports/debug-log.ts';
import type { Ports } from './ports/ports.ts';

/**
 * The same ports, with every call written to the log: its name, how long it took and how it ended. Arguments and
 * answers are left out, so nothing secret and nothing of a session's output can get in.
 */
export const withLog = (ports: Ports, log: DebugLog): Ports => {
  const logged = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        if (typeof value !== 'function' || typeof key !== 'string') return value;
        return (...args: unknown[]) => {
          const started = performance.now();
          const answer: unknown = Reflect.apply(value, target, args);
          if (!(answer instanceof Promise)) return answer;
          const done = (outcome: object) =>
            log.event(`${name}.${key}`, { ms: Math.round(performance.now() - started), ...outcome });
          answer.then(
            (result: unknown) => done(outcomeOf(result)),
            (error: unknown) => done({ outcome: 'threw', error: String(error) }),
          );
          return answer;
        };
      },
    });

  return {
    ...ports,
    engines: {
      find: async (signal) => {
        const search = await logged('engines', ports.engines).find(signal);
        for (const { endpoint, failure } of search.attempts)
          log.event('engines.attempt', { endpoint, code: failure.code });
        return search.engine === null ? search : { ...search, engine: logged('engine', search.engine) };
      },
    },
    runtimes: {
      docker: (engine, plan) => logged('runtime.docker', ports.runtimes.docker(engine, plan)),
      sandbox: () => logged('runtime.sandbox', ports.runtimes.sandbox()),
    },
    store: logged('store', ports.store),
    published: logged('published', ports.published),
    hooks: logged('hooks', ports.hooks),
    locks: logged('locks', ports.locks),
    cliLock: logged('cliLock', ports.cliLock),
    loginMarks: logged('loginMarks', ports.loginMarks),
    settings: logged('settings', ports.settings),
    composeFiles: logged('composeFiles', ports.composeFiles),
  };
};

const outcomeOf = (result: unknown): object => {
  if (typeof result !== 'object' || result === null || !('ok' in result)) return { outcome: 'done' };
  const failure = 'failure' in result ? result.failure : null;
  return failure === null ? { outcome: 'ok' } : { outcome: 'failed', failure };
};
