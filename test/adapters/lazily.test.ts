import { describe, expect, it } from 'vitest';
import { lazily } from '../../src/adapters/lazily.ts';

interface Counter {
  readonly name: string;
  add(amount: number): Promise<number>;
}

const createCounter = (name: string): Counter => {
  let sum = 0;
  return {
    name,
    async add(amount) {
      sum += amount;
      return sum;
    },
  };
};

describe('a lazy port', () => {
  it('is loaded at the first call, once', async () => {
    let loads = 0;
    const counter = lazily<Counter>({ name: 'steps' }, async () => {
      loads += 1;
      return createCounter('steps');
    });
    expect(counter.name).toBe('steps');
    expect(loads).toBe(0);
    expect(await Promise.all([counter.add(1), counter.add(2)])).toEqual([1, 3]);
    expect(loads).toBe(1);
  });

  it('may be handed through an asynchronous function', async () => {
    const counter = lazily<Counter>({ name: 'steps' }, async () => createCounter('steps'));
    const handed = await (async () => counter)();
    expect(await handed.add(1)).toBe(1);
  });

  it('passes on what its adapter throws', async () => {
    const counter = lazily<Counter>({ name: 'steps' }, async () => {
      throw new Error('no such file');
    });
    await expect(counter.add(1)).rejects.toThrow('no such file');
  });
});
