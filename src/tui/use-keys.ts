import { useInput } from 'ink';
import { useEffect, useRef } from 'react';
import { type KeyName, keyNames } from './keys.ts';
import { useKeyboard } from './terminal/keyboard-context.ts';

/** Keys one by one, each after what the one before has changed is drawn. */
export const useKeys = (onKey: (key: KeyName) => void): void => {
  const { keys } = useKeyboard();
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => keys.listen((name) => latest.current(name)), [keys]);
  useInput((input, key) => keys.push(keyNames(input, key)));
};
