import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import type { Wizard } from '../../use-wizard.ts';

/** While the wizard looks around, and when its own configuration is in trouble. */
export const OpeningScreen = ({ trouble }: Pick<Wizard, 'trouble'>) => (
  <Page
    title={trouble === null ? 'Welcome' : 'This needs your help first'}
    about="The wizard reads its own configuration before it begins."
    bindings={trouble === null ? [] : [{ on: ['enter', 'r'], label: 'try again', run: trouble.retry }]}
    failure={trouble?.failure ?? null}
  >
    {trouble !== null && <FailureBox failure={trouble.failure} />}
  </Page>
);
