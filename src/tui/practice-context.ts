import { createContext, useContext } from 'react';

/** Whether everything outside is played, which every screen has to say. */
export const PracticeContext = createContext(false);

export const usePractice = (): boolean => useContext(PracticeContext);
