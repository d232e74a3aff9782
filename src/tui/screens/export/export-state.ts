import { asOneText, type ExportFile, type ExportFormat } from '../../../domain/export/export-format.ts';
import type { Failure } from '../../../domain/failure.ts';
import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';
import { wrapWords } from '../../components/words.tsx';

/** A format and what it comes to for the profile; null for one that holds a token, which is never shown. */
export interface Preview {
  readonly format: ExportFormat;
  readonly files: readonly ExportFile[] | null;
}

/** What became of the last thing that was asked for. */
export type Said =
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface ExportState {
  /** Lines of the preview that are above what is shown. */
  readonly scroll: number;
  /** The file's name while it is asked for; null otherwise. */
  readonly path: TextState | null;
  readonly said: Said | null;
}

export const atTop: ExportState = { scroll: 0, path: null, said: null };

export type ExportEvent =
  /** By so many lines, of a preview whose last `most` lines can be above. */
  | { readonly type: 'scrolled'; readonly by: number; readonly most: number }
  | { readonly type: 'asked'; readonly path: string }
  | { readonly type: 'edited'; readonly edit: TextEdit }
  | { readonly type: 'left' }
  | { readonly type: 'said'; readonly said: Said };

export const reduceExport = (state: ExportState, event: ExportEvent): ExportState => {
  switch (event.type) {
    case 'scrolled':
      return { ...state, scroll: Math.max(0, Math.min(event.most, state.scroll + event.by)) };
    case 'asked':
      return { ...state, path: textOf(event.path), said: null };
    case 'edited':
      return state.path === null ? state : { ...state, path: editText(state.path, event.edit) };
    case 'left':
      return { ...state, path: null };
    case 'said':
      return { ...state, path: null, said: event.said };
  }
};

/** The command that does the same as the screen. */
export const exportCommandLine = (profile: string, { format }: ExportFormat): string =>
  `claude-setup export ${profile} --format ${format}`;

/** What `c` puts on the clipboard: the text, or the command that prints it where it holds a token. */
export const copyText = (profile: string, { format, files }: Preview): string =>
  files === null ? exportCommandLine(profile, format) : asOneText(files);

/** What is offered as the file's name; `.` where there are several files, for the folder we are in. */
export const suggestedPath = (profile: string, { format, files }: Preview): string =>
  files === null ? `claude-${profile}.${format.format}` : files.length === 1 ? (files[0]?.name ?? '') : '.';

/** The preview in lines of at most `width` columns. */
export const previewLines = (profile: string, preview: Preview, width: number): readonly string[] => {
  const { format, files } = preview;
  const text =
    files === null
      ? `It holds an access token, so it is not shown here.\n\nTo a file that only you can read: w\nTo the standard output:\n  ${exportCommandLine(profile, format)}\n`
      : asOneText(files);
  return wrapWords(text.trimEnd(), width)
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']);
};
