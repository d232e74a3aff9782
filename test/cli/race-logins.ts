import { join } from 'node:path';
import { loginText } from '../support/logins.ts';

/** The directories of the logins that all the processes of the race work on. */
export const sharedDirectories = (home: string): readonly string[] =>
  ['a', 'b', 'c'].map((name) => join(home, `shared-${name}`));

/** A login that tells how many there were before it. */
export const countedLogin = (count: number): string => loginText(`count-${count}`);

export const countOf = (login: string): number =>
  Number(/ort01-TEST-count-(\d+)/.exec(login)?.[1] ?? Number.NaN);
