import { type FileSystem, realFileSystem } from '../../src/adapters/store/file-system.ts';

/** Thrown by every call from the one on at which a process is to have died. No code of the store knows it. */
export class Crash extends Error {}

/** What happens at one step. A write does half of its work first. */
export type Fault =
  /** The process dies before the step: it and everything after it has no effect. */
  | { readonly kind: 'crash' }
  /** The process is killed for real. */
  | { readonly kind: 'kill' }
  /** The call fails; `lasting`: and so does every later one that would change something. */
  | { readonly kind: 'error'; readonly code: string; readonly lasting: boolean };

export interface FaultPlan {
  /** The step to fail at, counted from 1; 0 for none. */
  readonly at: number;
  readonly fault: Fault;
  /** Called after every step, also one that failed. */
  readonly afterStep?: (name: string) => void;
  /** Errors that the machine always gives, by call and path; for a layout that can't be made here. */
  readonly always?: (name: string, path: string, to: string) => string | null;
}

export interface FaultyFileSystem {
  readonly files: FileSystem;
  /** The names of the steps so far. */
  readonly steps: readonly string[];
  /** From now on nothing fails any more but what always does. */
  disarm(): void;
}

const changing = new Set([
  'chmod',
  'mkdir',
  'rename',
  'rmdir',
  'symlink',
  'unlink',
  'handle.chmod',
  'handle.sync',
  'handle.utimes',
  'handle.writeFile',
]);

const systemError = (code: string): Error => Object.assign(new Error(`${code}: made up`), { code });

type Call = (...args: unknown[]) => unknown;

/** The real file system, every call of it a numbered step that can go wrong as planned. */
export const faultyFileSystem = (plan: FaultPlan): FaultyFileSystem => {
  const steps: string[] = [];
  let dead = false;
  let armed = true;

  const half = async (name: string, call: Call, target: object, args: readonly unknown[]) => {
    const [bytes] = args;
    if (name === 'handle.writeFile' && bytes instanceof Uint8Array) {
      await Reflect.apply(call, target, [bytes.subarray(0, bytes.length / 2)]);
    }
    // Nothing of the test's own may stay open.
    if (name === 'handle.close') await Reflect.apply(call, target, args);
  };

  const fail = (fault: Fault): never => {
    if (fault.kind === 'kill') process.kill(process.pid, 'SIGKILL');
    dead = fault.kind === 'crash';
    throw fault.kind === 'error' ? systemError(fault.code) : new Crash();
  };

  const step = async (name: string, call: Call, target: object, args: readonly unknown[]) => {
    if (dead) {
      await half(name === 'handle.close' ? name : '', call, target, args);
      throw new Crash();
    }
    steps.push(name);
    const now = steps.length;
    try {
      const always = plan.always?.(name, String(args[0]), String(args[1]));
      if (always) throw systemError(always);
      if (armed && now === plan.at) {
        await half(name, call, target, args);
        fail(plan.fault);
      }
      const { fault } = plan;
      const isLater = armed && plan.at > 0 && now > plan.at;
      if (isLater && fault.kind === 'error' && fault.lasting && changes(name, args))
        throw systemError(fault.code);
      const result: unknown = await Reflect.apply(call, target, args);
      return name === 'open' && typeof result === 'object' && result !== null
        ? watch(result, 'handle.')
        : result;
    } finally {
      plan.afterStep?.(name);
    }
  };

  const watch = <T extends object>(target: T, prefix: string): T =>
    new Proxy(target, {
      get: (_target, key): unknown => {
        const member: unknown = Reflect.get(target, key, target);
        if (!isCall(member)) return member;
        return (...args: unknown[]) => step(`${prefix}${String(key)}`, member, target, args);
      },
    });

  return {
    files: watch({ ...realFileSystem }, ''),
    steps,
    disarm: () => {
      armed = false;
    },
  };
};

const changes = (name: string, args: readonly unknown[]): boolean =>
  changing.has(name) || (name === 'open' && args[1] === 'wx');

const isCall = (value: unknown): value is Call => typeof value === 'function';
