import { expect, it } from 'vitest';
import { parseMount, parseUser, parseVariable } from '../../src/domain/job.ts';
import { expectFailure, unwrap } from '../support/results.ts';

it.each([
  ['/a:/b', { source: '/a', target: '/b', readOnly: false }],
  ['.:/workspace:ro', { source: '/here', target: '/workspace', readOnly: true }],
  ['../x y:/b/../c/:rw', { source: '/x y', target: '/c', readOnly: false }],
  ['/run/user:/run/user', { source: '/run/user', target: '/run/user', readOnly: false }],
])('reads the mount %s', (text, mount) => {
  expect(unwrap(parseMount(text, '/here'))).toEqual(mount);
});

it.each([
  '/a',
  '/a:',
  ':/b',
  '/a:b',
  '/a:/b:rx',
  '/a:/b:ro:x',
  '/a:/',
  '/a:/run',
  '/a:/run/claude-setup/config',
  '/a:/x/../run/claude-setup/',
])('refuses the mount %s, which is none or would hide the lease', (text) => {
  expectFailure(parseMount(text, '/here'), 'usage');
});

it('reads variables, also those that have their value here', () => {
  const env = { HERE: 'x=y', EMPTY: '' };
  expect(unwrap(parseVariable('A=b=c', env))).toBe('A=b=c');
  expect(unwrap(parseVariable('A=', env))).toBe('A=');
  expect(unwrap(parseVariable('HERE', env))).toBe('HERE=x=y');
  expect(unwrap(parseVariable('EMPTY', env))).toBe('EMPTY=');
  for (const text of ['GONE', '=x', '1A=x', 'A B=c', 'CLAUDE_CONFIG_DIR=/elsewhere'])
    expectFailure(parseVariable(text, env), 'usage');
});

it('tells no value of a variable that it refuses', () => {
  expect(expectFailure(parseVariable('A-B=sk-ant-oat01-TESTsecret', {}), 'usage')).not.toContain(
    'TESTsecret',
  );
});

it('reads users', () => {
  for (const text of ['1000', '1000:1000', 'node', 'www-data:staff'])
    expect(unwrap(parseUser(text))).toBe(text);
  for (const text of ['', ':1', '1:', '-1', '1:2:3', 'a b']) expectFailure(parseUser(text), 'usage');
});
