import { useApp, useStdout, useWindowSize } from 'ink';
import { useEffect, useLayoutEffect, useReducer, useState, useSyncExternalStore } from 'react';
import type { SignIn } from '../../../usecases/sign-in.ts';
import { editText, type TextEdit, textOf } from '../../components/text-state.ts';
import { usePorts } from '../../ports-context.tsx';
import { handOver } from '../../terminal/hand-over.ts';
import { useKeyboard } from '../../terminal/keyboard-context.ts';
import { createSessionInput, prefixByte } from '../../terminal/session-input.ts';
import { useTheme } from '../../theme.ts';
import { clipboardSequence, useCopy } from '../../use-copy.ts';
import { useOnce } from '../../use-once.ts';
import type { SessionActions } from './session-keys.ts';
import { isTooSmall, sessionLayout } from './session-layout.ts';
import { initialSessionView, reduceSessionView } from './session-state.ts';

/** A session on the screen: who has the keys, what the keys do, and the size it gets. */
export const useSession = (signIn: SignIn) => {
  const ports = usePorts();
  const toClipboard = useCopy();
  const keyboard = useKeyboard();
  const { stdout } = useStdout();
  const { suspendTerminal } = useApp();
  const { withColor } = useTheme();
  const window = useWindowSize();
  const state = useSyncExternalStore(
    (changed) => signIn.subscribe(changed),
    () => signIn.state,
  );
  const [view, dispatch] = useReducer(reduceSessionView, initialSessionView);
  const [code, setCode] = useState(textOf(''));
  const layout = sessionLayout(window);
  const { columns, rows } = layout.pane;
  const { screen } = signIn;

  useEffect(() => signIn.resize({ columns, rows }), [signIn, columns, rows]);

  // Before the picture is on the terminal: what is typed at the sight of it is for the session.
  useLayoutEffect(() => {
    if (view.focus !== 'pane') return;
    const share = createSessionInput();
    return keyboard.take((bytes) => {
      const { session, rest } = share(bytes);
      signIn.write(session);
      if (rest !== null) dispatch({ type: 'focus', focus: 'menu' });
      return rest;
    });
  }, [keyboard, signIn, view.focus]);

  // The person's terminal marks pastes when the session wants them marked; the marks go through with the rest.
  useEffect(() => {
    if (screen === null || view.focus !== 'pane') return;
    let marking = false;
    const follow = () => {
      if (screen.bracketedPaste === marking) return;
      marking = screen.bracketedPaste;
      stdout.write(`\x1b[?2004${marking ? 'h' : 'l'}`);
    };
    const unsubscribe = screen.onChange(follow);
    follow();
    return () => {
      unsubscribe();
      if (marking) stdout.write('\x1b[?2004l');
    };
  }, [screen, stdout, view.focus]);

  // A session could put a command there that is pasted later without a look.
  useEffect(() => screen?.onClipboard((text) => dispatch({ type: 'offered', text })), [screen]);

  const fullScreen = async () => {
    dispatch({ type: 'focus', focus: 'away' });
    const { signal } = new AbortController();
    await suspendTerminal(async () => {
      await handOver({ signIn, keyboard, stdout, color: withColor, signal });
    });
    signIn.resize({ columns, rows });
    dispatch({ type: 'focus', focus: 'pane' });
  };
  useOnce(() => {
    if (isTooSmall(window)) void fullScreen();
    return undefined;
  });

  const link = state.url;
  const act: Omit<SessionActions, 'back'> = {
    focus: (focus) => dispatch({ type: 'focus', focus }),
    openBrowser: async () => {
      if (link === null) return;
      const opened = await ports.host.openBrowser(link);
      dispatch({
        type: 'did',
        said: opened.ok
          ? 'The link was opened in the browser.'
          : `${opened.failure.why}: ${opened.failure.fix}`,
      });
    },
    copyLink: async () => {
      if (link === null) return;
      const copied = await toClipboard(link);
      dispatch({
        type: 'did',
        said: copied
          ? 'The link was copied.'
          : 'The link was sent to the clipboard of your terminal, if it allows that.',
      });
    },
    showLink: async () => {
      if (link === null) return;
      await suspendTerminal(async () => {
        stdout.write(
          `\r\nOpen this link (it is one line, select it whole):\r\n\r\n${link}\r\n\r\nAny key goes back.\r\n`,
        );
        keyboard.setRawMode(true);
        await new Promise<void>((resolve) => {
          const release = keyboard.take(() => {
            release();
            resolve();
            return null;
          });
        });
        keyboard.setRawMode(false);
      });
      dispatch({ type: 'focus', focus: 'pane' });
    },
    fullScreen: () => void fullScreen(),
    sendPrefix: () => {
      signIn.write(Uint8Array.of(prefixByte));
      dispatch({ type: 'focus', focus: 'pane' });
    },
    copyOffered: () => {
      if (view.offered === null) return;
      stdout.write(clipboardSequence(view.offered));
      dispatch({ type: 'did', said: 'The clipboard of your terminal has it now, if it allows that.' });
    },
    sendCode: () => {
      if (code.value.trim() === '') return;
      signIn.sendCode(code.value);
      setCode(textOf(''));
      dispatch({ type: 'did', said: 'The code was sent to the session.' });
    },
  };
  return {
    state,
    view,
    code,
    layout,
    act,
    edit: (edit: TextEdit) => setCode((now) => editText(now, edit)),
  };
};
