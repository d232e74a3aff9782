import type { CheckReport } from '../../../domain/checks/report.ts';
import { type Profile, type ProfilePreset, presets } from '../../../domain/profile.ts';
import type { Host } from '../../../ports/host.ts';
import type { Choice } from '../../components/select-list.tsx';
import type { Theme } from '../../theme.ts';
import { shortPath } from './profile-state.ts';

export type ProfileChoice =
  | { readonly kind: 'existing'; readonly profile: Profile }
  | { readonly kind: 'preset'; readonly preset: ProfilePreset; readonly directory: string }
  | { readonly kind: 'other' };

export interface KnownProfile {
  readonly profile: Profile;
  readonly report: CheckReport;
}

const healthWords = { pass: 'signed in', warn: 'signed in, needs a look', fail: 'not signed in' };

/** The profiles that exist, then the presets that do not, then any other name. */
export const profileChoices = (
  known: readonly KnownProfile[],
  { homeDir, env }: Pick<Host, 'homeDir' | 'env'>,
  { finding }: Pick<Theme, 'finding'>,
): readonly Choice<ProfileChoice>[] => [
  ...known.map(({ profile, report }) => ({
    value: { kind: 'existing' as const, profile },
    label: profile.name,
    detail: `${healthWords[report.status]}, ${shortPath(profile.authDir, homeDir)}`,
    mark: finding[report.status],
  })),
  ...presets
    .filter((preset) => known.every(({ profile }) => profile.name !== preset.name))
    .map((preset) => ({
      value: { kind: 'preset' as const, preset, directory: preset.authDir(homeDir, env) },
      label: `New: ${preset.name}`,
      detail: shortPath(preset.authDir(homeDir, env), homeDir),
      mark: finding.skip,
    })),
  {
    value: { kind: 'other' as const },
    label: 'New: another name',
    detail: 'any name, any directory',
    mark: finding.skip,
  },
];

/** What the choice under the focus means, in a sentence. */
export const choiceText = (choice: ProfileChoice): string => {
  switch (choice.kind) {
    case 'existing':
      return `Goes on with the profile ${choice.profile.name}. What is fine there already is kept.`;
    case 'preset':
      return `Makes the profile ${choice.preset.name}: for ${choice.preset.describes}.`;
    case 'other':
      return 'Makes a profile with a name and a directory of your choice.';
  }
};
