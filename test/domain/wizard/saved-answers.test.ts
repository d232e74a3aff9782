import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/domain/config-schema.ts';

const wizardOf = (wizard: unknown) => {
  const read = readConfig(JSON.stringify({ version: 1, wizard }));
  return read.kind === 'config' ? read.config.wizard : read;
};

describe('the answers in the configuration', () => {
  it('come back as they were saved', () => {
    const answers = { runtime: 'docker', profile: 'dev', method: null };
    expect(wizardOf(answers)).toEqual(answers);
    expect(wizardOf(null)).toBeNull();
    expect(wizardOf(undefined)).toBeUndefined();
  });

  it.each([[{ runtime: 'cloud', profile: null, method: null }], ['nonsense'], [{}]])(
    'are asked again where they are %j, and the rest of the configuration is used',
    (wizard) => expect(wizardOf(wizard)).toBeNull(),
  );
});
