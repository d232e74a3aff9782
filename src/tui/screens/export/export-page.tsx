import { Box, useWindowSize } from 'ink';
import type { Profile } from '../../../domain/profile.ts';
import { redact } from '../../../domain/redact.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Text } from '../../components/text.tsx';
import { TextField } from '../../components/text-field.tsx';
import { Working } from '../../components/working.tsx';
import { useTheme } from '../../theme.ts';
import { useChange } from '../../use-once.ts';
import { exportKeys } from './export-keys.ts';
import { type Preview, previewLines, suggestedPath } from './export-state.ts';
import { type Exporting, useExport } from './use-export.ts';

const about =
  'What to write into a compose file, a dev container and so on, so that it has the login of this profile. The same is printed by claude-setup export, with options for other images, names and directories. Nothing here holds a refresh token.';

export interface ExportPageProps {
  readonly profile: Profile;
  readonly onBack: () => void;
}

/** "Use this profile elsewhere": a page of any screen. */
export const ExportPage = (props: ExportPageProps) => {
  const exporting = useExport(props.profile);
  const { previews, failure } = exporting;
  if (previews !== null) return <Formats {...props} exporting={exporting} previews={previews} />;
  const back = { on: ['escape'], label: 'back', run: props.onBack };
  return (
    <Page
      title={titleFor(props.profile)}
      about={about}
      bindings={[back]}
      failure={failure}
      outcome="completed"
    >
      {failure === null ? <Working>Looking</Working> : <FailureBox failure={failure} />}
    </Page>
  );
};

const titleFor = ({ name }: Profile): string => `Use ${name} elsewhere`;

interface FormatsProps extends ExportPageProps {
  readonly exporting: Exporting;
  readonly previews: readonly Preview[];
}

/** Rows that everything but the list and the preview takes: frame, title, gaps and the border of the preview. */
const framing = 9;

const Formats = ({ profile, onBack, exporting, previews }: FormatsProps) => {
  const { state, dispatch, working, copy, write, cancel } = exporting;
  const { columns, rows } = useWindowSize();
  const selection = useSelection(
    previews.map((preview) => ({
      value: preview,
      label: preview.format.format,
      detail: preview.format.summary,
    })),
  );
  const preview = selection.focused?.value;
  useChange(selection.index, () => dispatch({ type: 'scrolled', by: -state.scroll, most: 0 }));
  const listed = rows < 24 ? 4 : previews.length;
  const shown = Math.max(3, rows - framing - Math.min(listed + 1, previews.length) - (state.said ? 2 : 0));
  const lines = preview === undefined ? [] : previewLines(profile.name, preview, columns - 6);
  const most = Math.max(0, lines.length - shown);
  const mode = working !== null ? 'writing' : state.path !== null ? 'naming' : 'choosing';
  const bindings = exportKeys(mode, preview?.format.holdsToken ?? false, {
    copy: () => preview && void copy(preview),
    ask: () => preview && dispatch({ type: 'asked', path: suggestedPath(profile.name, preview) }),
    write: () => preview && state.path?.value && write(preview, state.path.value),
    leaveField: () => dispatch({ type: 'left' }),
    cancel,
    back: onBack,
    scroll: (pages) => dispatch({ type: 'scrolled', by: pages * (shown - 1), most }),
  });
  return (
    <Page
      title={titleFor(profile)}
      about={about}
      bindings={mode === 'choosing' ? [...bindings, ...selection.bindings] : bindings}
      outcome="completed"
      withoutNotices
      failure={state.said?.kind === 'failed' ? state.said.failure : null}
      {...(mode === 'naming' && { onEdit: (edit) => dispatch({ type: 'edited', edit }) })}
    >
      <SelectList selection={selection} rows={listed} labelWidth={14} />
      {working !== null && <LongWork>{redact(working)}</LongWork>}
      {mode === 'naming' && state.path && (
        <TextField
          label={preview?.files?.length === 2 ? 'Into the folder' : 'New file'}
          text={state.path}
          focused
        />
      )}
      {mode === 'choosing' && state.said?.kind === 'failed' && <FailureBox failure={state.said.failure} />}
      {mode === 'choosing' && state.said?.kind === 'done' && (
        <Message variant="success">{redact(state.said.text)}</Message>
      )}
      <PreviewPane lines={lines} scroll={Math.min(state.scroll, most)} rows={shown} />
    </Page>
  );
};

interface PreviewPaneProps {
  readonly lines: readonly string[];
  readonly scroll: number;
  readonly rows: number;
}

/** The text from a line on, and how much of it is elsewhere. */
const PreviewPane = ({ lines, scroll, rows }: PreviewPaneProps) => {
  const { border, styles, symbols } = useTheme();
  const below = lines.length - scroll - rows;
  const elsewhere = [
    scroll > 0 ? `${symbols.more.above} ${scroll} more` : '',
    below > 0 ? `${symbols.more.below} ${below} more` : '',
  ].filter(Boolean);
  return (
    <Box flexDirection="column" flexShrink={1} overflow="hidden">
      <Box
        flexDirection="column"
        flexShrink={1}
        overflow="hidden"
        borderStyle={border}
        borderDimColor={styles.faint.dimColor ?? false}
        paddingX={1}
      >
        <Text wrap="truncate-end">{lines.slice(scroll, scroll + rows).join('\n')}</Text>
      </Box>
      <Text {...styles.faint}>{`  ${elsewhere.join('  ')}`}</Text>
    </Box>
  );
};
