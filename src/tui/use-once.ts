import { type EffectCallback, useEffect, useRef } from 'react';

/** Begins something when the screen appears; what `begin` returns ends it when the screen goes. */
export const useOnce = (begin: EffectCallback): void => {
  const first = useRef(begin);
  useEffect(() => first.current(), []);
};

/** Calls `react` when the screen appears and whenever `value` is another one. */
export const useChange = (value: unknown, react: () => void): void => {
  const latest = useRef(react);
  latest.current = react;
  const before = useRef<unknown>(useChange);
  useEffect(() => {
    if (Object.is(before.current, value)) return;
    before.current = value;
    latest.current();
  }, [value]);
};
