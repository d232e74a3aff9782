import { useState } from 'react';
import { ok } from '../../../domain/failure.ts';
import type { ReadyRuntime } from '../../../usecases/wizard-facts.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { addLine } from '../../components/log-lines.ts';
import { type LogLine, LogPane } from '../../components/log-pane.tsx';
import { LongWork } from '../../components/long-work.tsx';
import { Message } from '../../components/message.tsx';
import { Page } from '../../components/page.tsx';
import { Words } from '../../components/words.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useOnce } from '../../use-once.ts';
import { useTask } from '../../use-task.ts';
import type { ScreenProps } from '../../use-wizard.ts';

const about =
  'The sign-in runs with the Claude CLI on this machine, in a private home directory, so your own Claude settings stay as they are. A CLI that is installed is used; else one is installed for claude-setup alone.';

export const CliScreen = ({ state: { facts }, onEvent }: ScreenProps) => {
  const ports = usePorts();
  const [log, setLog] = useState<readonly LogLine[]>([]);
  const [startedAt, setStartedAt] = useState(ports.clock.now());
  const preparing = useTask<ReadyRuntime>(facts.prepared === null ? 'running' : 'idle');
  const { task } = preparing;

  const prepare = () => {
    setLog([]);
    setStartedAt(ports.clock.now());
    preparing.start(
      async (signal, live) => {
        const runtime = ports.runtimes.sandbox();
        const prepared = await runtime.prepare(
          ({ text }) => live(() => setLog((lines) => addLine(lines, text))),
          signal,
        );
        return prepared.ok ? ok({ runtime, description: prepared.value.description }) : prepared;
      },
      (sandbox) => onEvent({ type: 'forward', world: { sandbox }, notice: sandbox.description }),
    );
  };
  useOnce(() => {
    if (facts.prepared === null) prepare();
  });

  const retry = { on: ['enter', 'r'], label: 'try again', run: prepare };
  const goOn = { on: ['enter'], label: 'continue', run: () => onEvent({ type: 'forward' }) };
  const cancel = { on: ['c'], label: 'cancel', run: () => void preparing.cancel() };
  const bindings = {
    running: [cancel],
    failed: [retry],
    idle: [facts.prepared === null ? retry : goOn],
    done: [goOn],
  };
  return (
    <Page
      title="The Claude CLI on this machine"
      about={about}
      bindings={bindings[task.status]}
      failure={task.status === 'failed' ? task.failure : null}
      atStake={
        task.status === 'running' ? 'The Claude CLI is being made ready; that would be stopped.' : null
      }
    >
      {task.status === 'running' && (
        <LongWork since={startedAt}>
          Looking for the Claude CLI, and installing it where there is none
        </LongWork>
      )}
      {task.status === 'idle' && facts.prepared !== null && (
        <Message variant="success">{`${facts.prepared}.`}</Message>
      )}
      {task.status === 'idle' && facts.prepared === null && (
        <Words>It was cancelled. Enter begins again.</Words>
      )}
      {task.status === 'failed' && <FailureBox failure={task.failure} />}
      {log.length > 0 && task.status !== 'idle' && <LogPane lines={log} />}
    </Page>
  );
};
