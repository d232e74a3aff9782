import fc from 'fast-check';
import { expect, it } from 'vitest';
import { redactDeep } from '../../src/domain/redact-deep.ts';

it('takes secrets out of texts, keys and secret fields, and leaves the rest', () => {
  const token = 'sk-ant-oat01-CANARY-CANARY';
  expect(
    redactDeep({ code: 'engine.lost', list: [token, 7, null], [token]: true, refreshToken: 'CANARY', ms: 3 }),
  ).toEqual({
    code: 'engine.lost',
    list: ['sk-ant-oat01-…', 7, null],
    'sk-ant-oat01-…': true,
    refreshToken: '…',
    ms: 3,
  });
});

it('finds a token wherever it is in a value', () => {
  const token = 'sk-ant-ort01-CANARYCANARYCANARY';
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, around) => {
      const clean = redactDeep([value, { deep: [{ text: `${around} ${token} ${around}` }] }]);
      expect(JSON.stringify(clean)).not.toContain('CANARY');
    }),
  );
});
