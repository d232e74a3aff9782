import { Box, Text as InkText } from 'ink';
import type { ReactNode } from 'react';
import { plainText } from '../../../domain/plain-text.ts';
import { redact } from '../../../domain/redact.ts';
import { falseLinkWarning } from '../../../domain/sign-in-url.ts';
import type { SignIn } from '../../../usecases/sign-in.ts';
import { useChrome } from '../../chrome.ts';
import { Page } from '../../components/page.tsx';
import { Pane } from '../../components/pane.tsx';
import { QrCode } from '../../components/qr-code.tsx';
import { Text } from '../../components/text.tsx';
import { TextField } from '../../components/text-field.tsx';
import { textOf } from '../../components/text-state.ts';
import { useTheme } from '../../theme.ts';
import { LiveChecks } from './live-checks.tsx';
import { sessionKeys } from './session-keys.ts';
import { methodTexts } from './sign-in-step-state.ts';
import { useSession } from './use-session.ts';

const about =
  'What you type goes to the session, Ctrl+C too. Ctrl+] opens our menu: o opens the link in a browser, c copies it, s shows it as a QR code, u prints it as one line, p opens a field for the code, f gives the session the whole terminal, q leaves, y lets the session copy when it asks to. Ctrl+] twice sends it to the session.';

/** A sign-in under way: its terminal, its link, and the checks over the files it writes. */
export const Session = ({ signIn }: { readonly signIn: SignIn }) => {
  const { state, view, code, layout, act, edit } = useSession(signIn);
  const { styles, symbols, border } = useTheme();
  const { back } = useChrome();
  const { focus } = view;
  const { columns, rows } = layout.pane;
  const method = methodTexts.find((text) => text.method === signIn.method)?.label ?? '';
  return (
    <Page
      title={`Sign in to Claude: ${method}`}
      about={about}
      bindings={sessionKeys(
        { focus, hasLink: state.url !== null, hasOffer: view.offered !== null },
        { ...act, back },
      )}
      onEdit={focus === 'code' ? edit : undefined}
      keysElsewhere={focus === 'pane'}
      atStake="Nobody has signed in yet. Leaving ends the session."
      withoutNotices
    >
      <LinkLine
        columns={columns}
        url={state.url}
        falsePlace={state.falseSignInPlace}
        said={view.said ?? offerLine(view.offered)}
        typing={focus === 'code'}
      >
        <TextField
          label="Code"
          text={masked(code.value, symbols.bullet)}
          focused
          placeholder=" paste the code from the browser"
        />
      </LinkLine>
      <Box flexShrink={0}>
        <Box borderStyle={border} borderDimColor={focus !== 'pane'} flexShrink={0}>
          {focus === 'qr' && state.url !== null ? (
            <Box width={columns} height={rows} overflow="hidden">
              <QrCode text={state.url} columns={columns} rows={rows} />
            </Box>
          ) : (
            signIn.screen && (
              <Pane screen={signIn.screen} columns={columns} rows={rows} focused={focus === 'pane'} />
            )
          )}
        </Box>
        {layout.checks === 'beside' && <LiveChecks report={state.report} place="beside" />}
      </Box>
      {layout.checks !== 'beside' && <LiveChecks report={state.report} place={layout.checks} />}
      {state.phase === 'signed-in' && <Text {...styles.good}>Signed in.</Text>}
    </Page>
  );
};

/** A code is good for one use and a few minutes; still nobody needs to read it over a shoulder. */
const masked = (code: string, bullet: string) =>
  textOf(code === '' ? '' : `${bullet.repeat(Math.min(code.length, 24))} ${code.length} characters`);

/** The question whether the session may copy; what it would copy comes last, as much as there is room for. */
const offerLine = (text: string | null): string | null =>
  text === null
    ? null
    : `The session wants to copy ${text.length} characters; Ctrl+] then y allows it: ${redact(plainText(text.slice(0, 200)))}`;

const LinkLine = ({
  columns,
  url,
  falsePlace,
  said,
  typing,
  children,
}: {
  readonly columns: number;
  readonly url: string | null;
  readonly falsePlace: string | null;
  readonly said: string | null;
  readonly typing: boolean;
  readonly children: ReactNode;
}) => {
  const { styles } = useTheme();
  if (typing) return <Box height={1}>{children}</Box>;
  if (said !== null) return <Text wrap="truncate-end">{said}</Text>;
  if (falsePlace !== null)
    return (
      <Text {...styles.bad} wrap="truncate-end">
        {falseLinkWarning(falsePlace)}
      </Text>
    );
  // Nothing that moves: beside a session that waits, a spinner is what takes most of the processor.
  if (url === null) return <Text {...styles.faint}>Waiting for the sign-in link</Text>;
  return (
    <Box height={1} gap={1}>
      <Box flexShrink={0}>
        <Text {...styles.strong}>
          {columns < 70 ? 'Sign-in link ready' : 'Sign-in link ready: Ctrl+] then o opens it, c copies it'}
        </Text>
      </Box>
      <InkText {...styles.accent} wrap="truncate-end">
        {`\x1b]8;;${url}\x07${url}\x1b]8;;\x07`}
      </InkText>
    </Box>
  );
};
