import { Text as InkText, type TextProps } from 'ink';
import { Children, type ReactNode } from 'react';
import { plainLines } from '../../domain/plain-text.ts';

/**
 * Text on a screen. It can hold what the engine, the CLI or a file says, so nothing of it reaches the terminal that one
 * would obey: Ink lets colours and commands such as the one for the clipboard through.
 */
export const Text = ({ children, ...style }: TextProps) => <InkText {...style}>{plain(children)}</InkText>;

const plain = (children: ReactNode): ReactNode =>
  typeof children === 'string'
    ? plainLines(children)
    : Children.map(children, (child) => (typeof child === 'string' ? plainLines(child) : child));
