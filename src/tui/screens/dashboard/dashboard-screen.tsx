import { Text, useWindowSize } from 'ink';
import { useState } from 'react';
import type { Failure } from '../../../domain/failure.ts';
import type { Profile } from '../../../domain/profile.ts';
import { type Chrome, ChromeContext, type Leaving } from '../../chrome.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Findings } from '../../components/findings.tsx';
import { Page } from '../../components/page.tsx';
import { SelectList, useSelection } from '../../components/select-list.tsx';
import { Working } from '../../components/working.tsx';
import { ScopeContext, TaskScope } from '../../task-scope.ts';
import { useTheme } from '../../theme.ts';
import { useLeave } from '../../use-leave.ts';
import { useNow } from '../../use-now.ts';
import type { WizardStart } from '../../use-wizard.ts';
import { dashboardKeys } from './dashboard-keys.ts';
import { type DashboardRow, rowText } from './dashboard-state.ts';
import { useProfiles } from './use-profiles.ts';

const about = 'Your profiles: whether each login is fine, whose it is, and how long it is good for.';

export interface DashboardProps {
  readonly ending: AbortSignal;
  readonly onOpen: (wizard: WizardStart) => void;
  readonly onTroubleshoot: (profile: string | null) => void;
  readonly onLeave: (leaving: Leaving) => void;
}

/** The screen of every later start. */
export const Dashboard = ({ ending, onOpen, onTroubleshoot, onLeave }: DashboardProps) => {
  const [scope] = useState(() => new TaskScope());
  const { leaving, leave } = useLeave(scope, onLeave, ending);
  const chrome: Chrome = {
    subject: 'profiles',
    steps: [],
    notices: [],
    busy: leaving ? 'Cleaning up' : null,
    back: null,
    leave,
    troubleshoot: () => onTroubleshoot(null),
  };
  return (
    <ChromeContext value={chrome}>
      <ScopeContext value={scope}>
        <Profiles onOpen={onOpen} onTroubleshoot={onTroubleshoot} />
      </ScopeContext>
    </ChromeContext>
  );
};

type Ways = Pick<DashboardProps, 'onOpen' | 'onTroubleshoot'>;

const Profiles = ({ onOpen, onTroubleshoot }: Ways) => {
  const { rows, failure, reload, makeDefault } = useProfiles();
  if (rows !== null) return <List {...{ rows, failure, onOpen, onTroubleshoot, makeDefault }} />;
  const retry = { on: ['enter', 'r'], label: 'try again', run: reload };
  return (
    <Page title="Your profiles" about={about} bindings={failure === null ? [] : [retry]} outcome="completed">
      {failure === null ? <Working>Looking at the profiles</Working> : <FailureBox failure={failure} />}
    </Page>
  );
};

interface ListProps extends Ways {
  readonly rows: readonly DashboardRow[];
  readonly failure: Failure | null;
  readonly makeDefault: (profile: Profile) => void;
}

const List = ({ rows, failure, onOpen, onTroubleshoot, makeDefault }: ListProps) => {
  const { finding } = useTheme();
  const now = useNow(1000);
  const window = useWindowSize();
  const [checks, setChecks] = useState(false);
  const choices = rows.map((row) => ({
    value: row,
    label: row.profile.name,
    detail: rowText(row, now),
    mark: finding[row.report.status],
  }));
  const selection = useSelection(choices, ({ isDefault }) => isDefault);
  const row = selection.focused?.value;
  const keys = dashboardKeys(checks ? 'checks' : 'list', {
    signIn: () => row && onOpen({ profile: row.profile.name, runtime: row.profile.runtime, again: true }),
    check: () => setChecks(true),
    closeChecks: () => setChecks(false),
    add: () => onOpen({ profile: null, runtime: null }),
    makeDefault: () => row && makeDefault(row.profile),
    troubleshoot: () => row && onTroubleshoot(row.profile.name),
  });
  return (
    <Page
      title={checks && row ? `The checks of ${row.profile.name}` : 'Your profiles'}
      about={about}
      bindings={checks ? keys : [...keys, ...selection.bindings]}
      outcome="completed"
    >
      {checks && row ? (
        <Findings findings={row.report.findings} all={window.rows >= 40} />
      ) : (
        <SelectList selection={selection} rows={Math.max(4, window.rows - 10)} labelWidth={16} />
      )}
      {!checks && row && <Text wrap="truncate-middle">{row.profile.authDir}</Text>}
      {failure && <FailureBox failure={failure} />}
    </Page>
  );
};
