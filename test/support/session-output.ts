import { vi } from 'vitest';
import type { Session } from '../../src/ports/session.ts';

/** What a session has written so far, and a wait for a text in it that shows everything when it does not come. */
export interface SessionOutput {
  text(): string;
  bytes(): number;
  shows(text: string | RegExp, timeout?: number): Promise<void>;
}

export const collect = (session: Session): SessionOutput => {
  const chunks: Uint8Array[] = [];
  session.onOutput((chunk) => chunks.push(chunk));
  const text = () => Buffer.concat(chunks).toString();
  return {
    text,
    bytes: () => chunks.reduce((sum, { length }) => sum + length, 0),
    shows: (wanted, timeout = 10_000) =>
      vi.waitFor(
        () => {
          const found = typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text());
          if (!found) throw new Error(`no ${wanted} in ${JSON.stringify(text().slice(-2000))}`);
        },
        { timeout, interval: 5 },
      ),
  };
};
