import { useInput } from 'ink';
import { useRef } from 'react';
import { type KeyName, keyNames } from './keys.ts';

/**
 * Keys one by one. Where the terminal hands over several at once, as over a slow connection, each is handled after the
 * one before has been drawn, so that it meets the screen that it was meant for.
 */
export const useKeys = (onKey: (key: KeyName) => void): void => {
  const latest = useRef(onKey);
  latest.current = onKey;
  useInput((input, key) => {
    const [first, ...rest] = keyNames(input, key);
    if (first !== undefined) latest.current(first);
    for (const name of rest) setImmediate(() => latest.current(name));
  });
};
