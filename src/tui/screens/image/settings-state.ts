import { type ImageSettings, isExtraHost } from '../../../domain/config.ts';
import { fail, ok, type Result } from '../../../domain/failure.ts';
import { editText, type TextEdit, type TextState, textOf } from '../../components/text-state.ts';

type FieldId = keyof ImageSettings;

interface Field {
  readonly id: FieldId;
  readonly label: string;
  readonly placeholder: string;
}

export const settingsFields: readonly Field[] = [
  { id: 'base', label: 'Base image', placeholder: 'needs glibc, Node and npm' },
  { id: 'cliVersion', label: 'Claude CLI', placeholder: 'a version, or latest' },
  { id: 'caFile', label: 'Extra CA file', placeholder: 'none; a PEM file for a TLS proxy' },
  { id: 'httpProxy', label: 'HTTP proxy', placeholder: 'none; such as http://proxy:3128' },
  { id: 'httpsProxy', label: 'HTTPS proxy', placeholder: 'none; such as http://proxy:3128' },
  { id: 'noProxy', label: 'No proxy for', placeholder: 'none; names with commas between' },
  { id: 'extraHosts', label: 'Extra hosts', placeholder: 'none; name:address with commas between' },
];

export interface SettingsState {
  readonly focus: number;
  readonly texts: Readonly<Record<FieldId, TextState>>;
}

export type SettingsEvent =
  | { readonly type: 'moved'; readonly by: 1 | -1 }
  | { readonly type: 'edited'; readonly edit: TextEdit };

export const settingsOf = (settings: ImageSettings): SettingsState => ({
  focus: 0,
  texts: {
    base: textOf(settings.base),
    cliVersion: textOf(settings.cliVersion),
    caFile: textOf(settings.caFile ?? ''),
    httpProxy: textOf(settings.httpProxy ?? ''),
    httpsProxy: textOf(settings.httpsProxy ?? ''),
    noProxy: textOf(settings.noProxy ?? ''),
    extraHosts: textOf(settings.extraHosts.join(', ')),
  },
});

export const reduceSettings = (state: SettingsState, event: SettingsEvent): SettingsState => {
  if (event.type === 'moved') {
    const count = settingsFields.length;
    return { ...state, focus: (state.focus + event.by + count) % count };
  }
  const id = settingsFields[state.focus]?.id ?? 'base';
  return { ...state, texts: { ...state.texts, [id]: editText(state.texts[id], event.edit) } };
};

const cliVersion = /^(latest|\d+\.\d+\.\d+(-[\w.]+)?)$/;

/** The form as settings; a failure that names the field where one can't be used. */
export const readSettings = ({ texts }: SettingsState): Result<ImageSettings> => {
  const typed = (id: FieldId): string => texts[id].value.trim();
  const orNull = (id: FieldId): string | null => typed(id) || null;
  const list = (id: FieldId): readonly string[] =>
    typed(id)
      .split(/[\s,]+/)
      .filter((item) => item !== '');
  if (typed('base') === '') {
    return wrong(
      'The base image is missing',
      'an image is built on another one',
      'type one, such as node:24-bookworm-slim',
    );
  }
  if (!cliVersion.test(typed('cliVersion'))) {
    return wrong(
      "The Claude CLI version can't be used",
      'it is neither a version nor "latest"',
      'type one such as 2.1.330',
    );
  }
  if (typed('caFile') !== '' && !typed('caFile').startsWith('/')) {
    return wrong("The CA file can't be used", 'its path does not begin with /', 'type its whole path');
  }
  const badHost = list('extraHosts').find((line) => !isExtraHost(line));
  if (badHost !== undefined) {
    return wrong(
      `The extra host ${badHost} can't be used`,
      'it is not name:address',
      'type it such as proxy:10.0.0.1',
    );
  }
  return ok({
    base: typed('base'),
    cliVersion: typed('cliVersion'),
    caFile: orNull('caFile'),
    httpProxy: orNull('httpProxy'),
    httpsProxy: orNull('httpsProxy'),
    noProxy: orNull('noProxy'),
    extraHosts: list('extraHosts'),
  });
};

const wrong = (what: string, why: string, fix: string): Result<never> => fail('usage', what, why, fix);
