import { expect } from 'vitest';
import { type FailureCode, failureLine, type Result } from '../../src/domain/failure.ts';

/** The value of a result that has to be fine; its failure as the test's error otherwise. */
export const unwrap = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.failure.code}: ${failureLine(result.failure)}`);
  return result.value;
};

/** Checks that a result failed with this code, in one short line without control characters. Returns the line. */
export const expectFailure = (result: Result<unknown>, code: FailureCode): string => {
  if (result.ok) throw new Error(`it worked, where ${code} was due`);
  expect(result.failure.code).toBe(code);
  for (const part of [result.failure.what, result.failure.why, result.failure.fix]) {
    expect(part).toMatch(/^[^\p{C}]+$/u);
    expect(part.length).toBeLessThan(400);
  }
  return failureLine(result.failure);
};
