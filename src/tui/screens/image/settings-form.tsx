import { Box } from 'ink';
import { useReducer, useState } from 'react';
import type { ImageSettings } from '../../../domain/config.ts';
import { type Failure, ok } from '../../../domain/failure.ts';
import { FailureBox } from '../../components/failure-box.tsx';
import { Page } from '../../components/page.tsx';
import { TextField } from '../../components/text-field.tsx';
import { usePorts } from '../../ports-context.tsx';
import { useTask } from '../../use-task.ts';
import { readSettings, reduceSettings, settingsFields, settingsOf } from './settings-state.ts';

const about =
  'These settings are part of the image: when one changes, the image is built anew. They are kept for the next time.';

/** Edits the settings of the setup image. Closes with the saved settings, or with null when nothing was saved. */
export const SettingsForm = ({
  settings,
  onClose,
}: {
  readonly settings: ImageSettings;
  readonly onClose: (saved: ImageSettings | null) => void;
}) => {
  const ports = usePorts();
  const [state, dispatch] = useReducer(reduceSettings, settings, settingsOf);
  const [failure, setFailure] = useState<Failure | null>(null);
  const saving = useTask<ImageSettings>();

  const save = () => {
    const read = readSettings(state);
    setFailure(read.ok ? null : read.failure);
    if (!read.ok) return;
    saving.start(async () => {
      const updated = await ports.settings.update((config) => ok({ ...config, image: read.value }));
      return updated.ok ? ok(updated.value.image) : updated;
    }, onClose);
  };
  const bindings = [
    { on: ['enter'], label: 'save', run: save },
    { on: ['escape'], label: 'leave unsaved', run: () => onClose(null) },
    { on: ['down', 'tab'], label: 'next field', run: () => dispatch({ type: 'moved', by: 1 }) },
    {
      on: ['up', 'shift+tab'],
      label: 'field before',
      quiet: true,
      run: () => dispatch({ type: 'moved', by: -1 }),
    },
  ] as const;
  const shown = failure ?? (saving.task.status === 'failed' ? saving.task.failure : null);
  return (
    <Page
      title="Settings of the setup image"
      about={about}
      bindings={bindings}
      withoutNotices
      onEdit={(edit) => dispatch({ type: 'edited', edit })}
    >
      <Box flexDirection="column" flexShrink={0}>
        {settingsFields.map(({ id, label, placeholder }, index) => (
          <TextField
            key={id}
            label={label}
            text={state.texts[id]}
            focused={index === state.focus}
            placeholder={placeholder}
            labelWidth={14}
          />
        ))}
      </Box>
      {shown && <FailureBox failure={shown} />}
    </Page>
  );
};
