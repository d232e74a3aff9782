import { createContext, useContext } from 'react';
import type { Keyboard } from './keyboard.ts';

export const KeyboardContext = createContext<Keyboard | null>(null);

export const useKeyboard = (): Keyboard => {
  const keyboard = useContext(KeyboardContext);
  if (keyboard === null) throw new Error('a screen was drawn without a keyboard');
  return keyboard;
};
