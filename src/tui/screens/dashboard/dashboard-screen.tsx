import type { Failure } from '../../../domain/failure.ts';
import type { Leaving } from '../../chrome.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import { Working } from '../../components/working.tsx';
import { Standalone } from '../../standalone.tsx';
import type { WizardStart } from '../../use-wizard.ts';
import { about, Overview } from './overview.tsx';
import { useProfiles } from './use-profiles.ts';

export interface DashboardProps {
  /** The profile to begin at; null for the default one. */
  readonly profile: string | null;
  readonly ending: AbortSignal;
  readonly onOpen: (wizard: WizardStart) => void;
  readonly onTroubleshoot: (profile: string | null, failure: Failure | null) => void;
  readonly onLeave: (leaving: Leaving) => void;
}

/** The screen of every later start. */
export const Dashboard = ({ profile, ending, onOpen, onTroubleshoot, onLeave }: DashboardProps) => (
  <Standalone
    subject="profiles"
    troubleshoot={(failure) => onTroubleshoot(null, failure)}
    ending={ending}
    onLeave={onLeave}
  >
    <Profiles first={profile} onOpen={onOpen} onTroubleshoot={onTroubleshoot} />
  </Standalone>
);

interface ProfilesProps extends Pick<DashboardProps, 'onOpen' | 'onTroubleshoot'> {
  readonly first: string | null;
}

const Profiles = (props: ProfilesProps) => {
  const profiles = useProfiles();
  const { rows, failure, reload } = profiles;
  if (rows !== null) return <Overview {...props} rows={rows} profiles={profiles} />;
  const retry = { on: ['enter', 'r'], label: 'try again', run: reload };
  return (
    <Page title="Your profiles" about={about} bindings={failure === null ? [] : [retry]} outcome="completed">
      {failure === null ? <Working>Looking at the profiles</Working> : <FailureBox failure={failure} />}
    </Page>
  );
};
