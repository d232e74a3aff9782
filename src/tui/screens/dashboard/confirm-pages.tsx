import type { Profile } from '../../../domain/profile.ts';
import type { Snapshot } from '../../../ports/auth-store.ts';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import type { TextEdit, TextState } from '../../components/text-state.ts';
import { Words } from '../../components/words.tsx';
import { formatMoment } from '../../format.ts';
import type { Binding } from '../../keys.ts';
import { usePorts } from '../../ports-context.tsx';
import { shortPath } from '../profile/profile-state.ts';

interface ConfirmProps {
  readonly profile: Profile;
  readonly bindings: readonly Binding[];
}

const usePath = ({ authDir }: Profile): string => shortPath(authDir, usePorts().host.homeDir);

export const RenamePage = ({
  profile,
  name,
  bindings,
  onEdit,
}: ConfirmProps & { readonly name: TextState; readonly onEdit: (edit: TextEdit) => void }) => {
  const path = usePath(profile);
  return (
    <Page
      title={`Rename ${profile.name}`}
      about="A profile gets another name; its directory stays the one it is, since containers mount it."
      bindings={bindings}
      onEdit={onEdit}
      outcome="completed"
    >
      <Words>{`Its directory stays ${path}, so containers that mount it go on.`}</Words>
      <TextField label="Name" text={name} focused />
    </Page>
  );
};

export const RemovePage = ({ profile, bindings }: ConfirmProps) => {
  const path = usePath(profile);
  return (
    <Page
      title={`Remove ${profile.name}?`}
      about="A profile is taken off the list; its directory with the login stays."
      bindings={bindings}
      outcome="completed"
    >
      <Words>{`${profile.name} is taken off the list. The login stays in ${path} and can be added again.`}</Words>
      <Words>{`To remove the directory too, leave this and run: claude-setup profile remove ${profile.name} --purge`}</Words>
    </Page>
  );
};

export const RollBackPage = ({
  profile,
  snapshot,
  bindings,
}: ConfirmProps & { readonly snapshot: Snapshot }) => {
  const path = usePath(profile);
  const moment = formatMoment(snapshot.takenAt);
  return (
    <Page
      title={`Roll ${profile.name} back?`}
      about="A profile becomes what it was before the last capture."
      bindings={bindings}
      outcome="completed"
    >
      <Words>{`${path} becomes as it was at ${moment}. What is there now becomes a snapshot, so this can be undone the same way.`}</Words>
      <Words>A login that was refreshed or replaced since then may be spent: check it afterwards.</Words>
    </Page>
  );
};
