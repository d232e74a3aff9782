import { stripVTControlCharacters } from 'node:util';
import { redact } from '../../domain/redact.ts';
import type { LogLine } from './log-pane.tsx';

/** Lines that are kept. */
const limit = 500;

/** A log with one more line: without escape sequences, control characters and tokens. */
export const addLine = (lines: readonly LogLine[], text: string): readonly LogLine[] => {
  const plain = redact(stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ')).trimEnd();
  return [...lines.slice(1 - limit), { id: (lines.at(-1)?.id ?? 0) + 1, text: plain }];
};
