import { useState } from 'react';
import type { CheckReport } from '../../../domain/checks/report.ts';
import { type Failure, fail } from '../../../domain/failure.ts';
import { verify } from '../../../usecases/verify.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Findings } from '../../components/findings.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Page } from '../../components/page.tsx';
import { Words } from '../../components/words.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { type Task, useTask } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';
import { FirstRun } from './first-run.tsx';
import { verifyKeys } from './verify-keys.ts';

const about =
  'The captured files are checked one by one. Then the real Claude CLI is asked whether it accepts them; it gets a copy that it can only read with, so the login itself is not used up.';

const notReady = fail(
  'image.missing',
  'The Claude CLI can not be asked',
  'what it runs in is not ready any more',
  'go back to the step before and make it ready',
);

export const VerifyScreen = ({ state: { facts }, world: { runtime }, onEvent }: ScreenProps) => {
  const ports = usePorts();
  const [all, setAll] = useState(false);
  const [firstRun, setFirstRun] = useState(false);
  const verifying = useTask<CheckReport>('running');
  const { task } = verifying;
  const { profile } = facts;

  const start = () =>
    verifying.start(
      async (signal) =>
        profile === null || runtime === null ? notReady : verify(ports, { profile, runtime }, signal),
      (report) => onEvent({ type: 'learned', facts: { login: report, verified: report.status !== 'fail' } }),
    );
  useOnce(start);

  if (firstRun && profile !== null) {
    return (
      <FirstRun
        profile={profile}
        onBack={() => setFirstRun(false)}
        onDone={(notice) => onEvent({ type: 'forward', ...notice })}
      />
    );
  }
  const act = {
    verify: start,
    goOn: () => setFirstRun(true),
    goOnUnverified: () => onEvent({ type: 'go', to: 'done' }),
    signInAgain: () =>
      onEvent({ type: 'go', to: 'sign-in', answers: { again: true }, facts: { verified: false } }),
    all: () => setAll((now) => !now),
  };
  return (
    <Page
      title={task.status === 'done' ? titles[task.value.status] : 'Checking the login'}
      about={about}
      bindings={verifyKeys(task, act)}
      failure={troubleOf(task)}
    >
      {task.status === 'running' && <LongWork>Checking the files, and asking the Claude CLI</LongWork>}
      {task.status === 'failed' && <FailureBox failure={task.failure} />}
      {task.status === 'failed' && <Words>The captured login is kept, whatever this says.</Words>}
      {task.status === 'done' && <Findings findings={task.value.findings} all={all} />}
      {task.status === 'done' && task.value.status !== 'fail' && (
        <Words>The Claude CLI accepts this login.</Words>
      )}
    </Page>
  );
};

/** What there is a way from to the troubleshooting. */
const troubleOf = (task: Task<CheckReport>): Failure | null => {
  if (task.status === 'failed') return task.failure;
  if (task.status !== 'done' || task.value.status !== 'fail') return null;
  const worst = task.value.findings.find(({ status }) => status === 'fail');
  const code = worst?.id === 'cli.accepts' ? 'cli.rejected' : 'login.malformed';
  return { code, what: 'The login is not verified', why: worst?.summary ?? '', fix: worst?.fix ?? '' };
};

const titles = {
  pass: 'The login works',
  warn: 'The login works, with a remark',
  fail: 'The login is not verified',
};
