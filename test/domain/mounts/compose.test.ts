import { describe, expect, it } from 'vitest';
import { composeServices } from '../../../src/domain/mounts/compose.ts';
import { interpolate, interpolateAll, parseEnvFile } from '../../../src/domain/mounts/interpolate.ts';

const place = { projectDir: '/srv/app', home: '/home/ada', profiles: [] };
const one = (service: unknown, extra = {}) =>
  composeServices([{ services: { app: service } }], { ...place, ...extra })[0];

describe('interpolate', () => {
  it.each([
    ['$HOME/x', '/home/ada/x'],
    ['${HOME}', '/home/ada'],
    ['${NONE:-~/.claude-hub}', '~/.claude-hub'],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY-other}', ''],
    ['${NONE:-${HOME}/deep}', '/home/ada/deep'],
    ['${HOME:+set}', 'set'],
    ['${NONE:+set}', ''],
    ['${NONE:?is needed}', '${NONE:?is needed}'],
    ['$$HOME', '$HOME'],
    ['cost: 5$', 'cost: 5$'],
  ])('%s', (text, expected) => {
    expect(interpolate(text, { HOME: '/home/ada', EMPTY: '' })).toBe(expected);
  });

  it('goes through lists and mappings and leaves other values alone', () => {
    expect(interpolateAll({ a: ['$X', 1, null], b: { c: '${X}' } }, { X: 'y' })).toEqual({
      a: ['y', 1, null],
      b: { c: 'y' },
    });
  });
});

it('reads .env files', () => {
  expect(parseEnvFile('A=1\n# no\nexport B="two words"\nC=\'$raw\' # why\nbroken line\nD=a#b\r\n')).toEqual({
    A: '1',
    B: 'two words',
    C: '$raw',
    D: 'a',
  });
});

describe('composeServices', () => {
  it.each([
    ['./auth:/home/node/.claude', '/srv/app/auth', '/home/node/.claude', false],
    ['../auth/:/c/:ro', '/srv/auth', '/c', true],
    ['~/.claude-hub:/c:z,ro', '/home/ada/.claude-hub', '/c', true],
    ['/abs:/c:rw', '/abs', '/c', false],
    ['named:/c', null, '/c', false],
    ['/anonymous', null, '/anonymous', false],
  ])('short syntax %s', (volume, source, target, readOnly) => {
    expect(one({ volumes: [volume] })?.mounts).toEqual([{ source, target, readOnly }]);
  });

  it('long syntax', () => {
    const volumes = [
      { type: 'bind', source: './auth', target: '/c', read_only: true },
      { type: 'volume', source: 'v', target: '/v' },
      { type: 'tmpfs', target: '/t' },
    ];
    expect(one({ volumes })?.mounts).toEqual([
      { source: '/srv/app/auth', target: '/c', readOnly: true },
      { source: null, target: '/v', readOnly: false },
      { source: null, target: '/t', readOnly: false },
    ]);
  });

  it('merges several files: a later mount of the same target wins, environments are joined', () => {
    const services = composeServices(
      [
        { services: { app: { volumes: ['/a:/c', '/b:/d'], environment: ['A=1', 'B=x=y'] } } },
        { services: { app: { volumes: ['/z:/c:ro'], environment: { A: 2 }, user: 1000 } } },
      ],
      place,
    );
    expect(services).toEqual([
      {
        name: 'app',
        mounts: [
          { source: '/z', target: '/c', readOnly: true },
          { source: '/b', target: '/d', readOnly: false },
        ],
        environment: { A: '2', B: 'x=y' },
        user: '1000',
      },
    ]);
  });

  it('leaves out services whose profiles are not enabled', () => {
    expect(one({ profiles: ['debug'] })).toBeUndefined();
    expect(one({ profiles: ['debug'] }, { profiles: ['debug'] })?.name).toBe('app');
  });

  it.each([
    [null],
    [[]],
    ['text'],
    [{ services: [] }],
    [{ services: { app: null } }],
    [{ services: { app: { volumes: 'x', environment: 3 } } }],
  ])('is calm about %j', (document) => {
    expect(() => composeServices([document], place)).not.toThrow();
  });
});
