import { useInput } from 'ink';
import { useEffect, useReducer, useRef } from 'react';
import { type KeyName, keyNames } from './keys.ts';
import { useKeyboard } from './terminal/keyboard-context.ts';

/** The keys of the screen that is open. */
export const useKeys = (onKey: (key: KeyName) => void): void => {
  const { keys } = useKeyboard();
  const latest = useRef(onKey);
  latest.current = onKey;
  useEffect(() => keys.listen((name) => latest.current(name)), [keys]);
};

/**
 * Reads the keys as long as there is a screen, and handles them one by one. Were they read by each page, an Escape would be
 * lost at the change from one to the next: Ink waits a moment for what may follow it, and forgets it when nobody reads.
 *
 * Where the terminal hands over several at once, as over a slow connection or from a program, each has to meet the choice
 * and the screen that the one before has led to: so a key and the turn of the next one are one update of React's, and the
 * next one is handled when that is drawn.
 */
export const KeyTurns = (): null => {
  const { keys } = useKeyboard();
  useInput((input, key) => keys.push(keyNames(input, key)));
  const [turn, next] = useReducer((count: number) => count + 1, 0);
  /** A turn asked for by a key that comes meanwhile would be more urgent to React, and overtake. */
  const asked = useRef(false);
  useEffect(() => {
    const wake = () => {
      if (asked.current) return;
      asked.current = true;
      next();
    };
    return keys.onWaiting(wake);
  }, [keys]);
  useEffect(() => {
    if (turn === 0) return;
    if (keys.handleOne()) next();
    else asked.current = false;
  }, [keys, turn]);
  return null;
};
