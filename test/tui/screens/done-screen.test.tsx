import { describe, expect, it, vi } from 'vitest';
import { doneFacts } from '../../../src/tui/screens/done/done-facts.ts';
import { createFakeWorld, startOfTest } from '../fake-world.ts';
import { keys, type OpenOptions, openApp } from '../open-app.tsx';

const atDone = async (options: OpenOptions = {}) => {
  const world = createFakeWorld();
  world.addImage();
  world.addProfile('dev', { authDir: `/srv/${'a-long-directory/'.repeat(6)}dev` });
  const app = openApp(world, { start: { screen: 'wizard', profile: 'dev', runtime: 'docker' }, ...options });
  await app.waitFor('accepts this login');
  await app.type(keys.enter);
  await app.waitFor('skip');
  await app.type('s');
  await app.waitFor('You are done');
  return { world, app };
};

describe('the last screen', () => {
  it('tells who, until when, and where', async () => {
    const { app } = await atDone();
    const frame = app.frame();
    expect(frame).toMatch(/Account +ada@example\.com/);
    expect(frame).toMatch(/Organisation +Analytical Engines/);
    expect(frame).toMatch(/Plan +max/);
    expect(frame).toMatch(/Access until .*, in 8 h 0 min/);
    expect(frame).toMatch(/Login until .*, in 28 days/);
  });

  it.each([
    [60, 20],
    [80, 24],
    [120, 40],
  ])('shows commands that can be copied as they stand at %ix%i', async (columns, rows) => {
    const { app, world } = await atDone({ columns, rows });
    await app.type(keys.down);
    if (rows < 24) await app.type(keys.down);
    const frame = await app.waitFor('claude-setup run dev');
    const line = frame.split('\n').find((text) => text.startsWith('claude-setup run'));
    await app.type('c');
    await app.waitFor('Copied.');
    expect(world.copied).toEqual([line?.trimEnd()]);
  });

  it('ends completed', async () => {
    const { app } = await atDone();
    await app.type(keys.enter);
    await vi.waitFor(() =>
      expect(app.left).toEqual([{ outcome: 'completed', interrupted: false, profile: 'dev' }]),
    );
  });
});

describe('its facts', () => {
  const report = {
    profile: 'dev',
    authDir: '/a',
    status: 'pass' as const,
    account: { email: null, organization: null, plan: null },
    token: { expiresAt: null, expiresInSeconds: null, loginExpiresAt: null, refreshable: false, scopes: [] },
    findings: [],
  };

  it('leave out what the files do not say', () => {
    expect(doneFacts(report, startOfTest).map(({ name }) => name)).toEqual([
      'Account',
      'Scopes',
      'Directory',
    ]);
  });

  it('say that an access without renewal ends', () => {
    const token = { ...report.token, expiresAt: new Date(startOfTest + 3_600_000).toISOString() };
    const access = doneFacts({ ...report, token }, startOfTest).find(({ name }) => name === 'Access until');
    expect(access?.text).toMatch(/in 1 h 0 min, then it ends$/);
  });
});

it('leads to where else the profile can be used, and back', async () => {
  const { app } = await atDone();
  await app.type('u');
  await app.waitFor('Use dev elsewhere');
  await app.type(keys.escape);
  await app.waitFor('You are done');
});
