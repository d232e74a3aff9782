import { useEffect, useRef } from 'react';

/** Begins something when the screen appears; what `begin` returns ends it when the screen goes. */
export const useOnce = (begin: () => undefined | (() => void)): void => {
  const first = useRef(begin);
  useEffect(() => first.current(), []);
};
