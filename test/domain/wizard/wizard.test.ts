import { describe, expect, it } from 'vitest';
import type { CheckReport, Health } from '../../../src/domain/checks/report.ts';
import type { Profile } from '../../../src/domain/profile.ts';
import { steps, type WizardFacts } from '../../../src/domain/wizard/steps.ts';
import {
  newWizard,
  noAnswers,
  overview,
  reduceWizard,
  toSave,
  type WizardEvent,
  type WizardState,
} from '../../../src/domain/wizard/wizard.ts';

const profile: Profile = { name: 'dev', authDir: '/home/ada/.claude-hub', runtime: 'docker', leaveOut: null };
const docker = { ...noAnswers, runtime: 'docker', profile: 'dev' } as const;

const login = (status: Health): CheckReport => ({
  profile: 'dev',
  authDir: profile.authDir,
  status,
  account: { email: 'ada@example.com', organization: null, plan: 'max' },
  token: { expiresAt: null, expiresInSeconds: null, loginExpiresAt: null, refreshable: true, scopes: [] },
  findings: [],
});

const healthy: Partial<WizardFacts> = {
  engine: 'Docker Engine 28.3.0 at unix:///var/run/docker.sock',
  profile,
  prepared: 'The setup image claude-setup:abc is up to date',
  login: login('pass'),
};

const walked = (...events: readonly WizardEvent[]): WizardState => events.reduce(reduceWizard, newWizard);
const opened = (facts: Partial<WizardFacts>, answers: WizardState['answers'] = docker): WizardEvent => ({
  type: 'opened',
  answers,
  facts,
});
const forward: WizardEvent = { type: 'forward', notice: null };

describe('opening the wizard', () => {
  it('begins at the engine when nothing was answered, even where one was found', () => {
    expect(walked(opened({ engine: 'Docker Engine' }, noAnswers)).position).toBe('engine');
  });

  it('goes to the first step that has something to do and says what it passed over', () => {
    const state = walked(opened({ ...healthy, prepared: null, login: null }));
    expect(state.position).toBe('image');
    expect(state.notices).toEqual([
      { step: 'engine', text: 'Found Docker Engine 28.3.0 at unix:///var/run/docker.sock' },
      { step: 'profile', text: 'Using the profile dev in /home/ada/.claude-hub' },
    ]);
  });

  it('never trusts a verification of an earlier process', () => {
    expect(walked(opened(healthy)).position).toBe('verify');
  });

  it('stops at the engine when the one of the saved answer is gone', () => {
    expect(walked(opened({ ...healthy, engine: null })).position).toBe('engine');
  });

  it('needs no engine in the sandbox', () => {
    const state = walked(opened({ profile }, { ...docker, runtime: 'sandbox' }));
    expect(state.position).toBe('image');
    expect(overview(state).map(({ title }) => title)).toContain('CLI');
  });

  it('stops at the profile when the answered one does not exist', () => {
    expect(walked(opened({ ...healthy, profile: null, login: null })).position).toBe('profile');
  });

  it.each([
    ['a login that fails its checks', { login: login('fail') }, docker],
    ['a sign-in that was left', { pending: true }, docker],
    ['the wish to sign in again', {}, { ...docker, again: true }],
  ])('stops at the sign-in for %s', (_what, facts, answers) => {
    expect(walked(opened({ ...healthy, ...facts }, answers)).position).toBe('sign-in');
  });
});

describe('moving', () => {
  it('goes forward only from a finished step', () => {
    const state = walked(opened({}, noAnswers));
    expect(reduceWizard(state, forward)).toBe(state);
  });

  it('skips what is satisfied, and says the notice first', () => {
    const state = walked(
      opened({ engine: 'Docker Engine' }, noAnswers),
      { type: 'answered', answers: { runtime: 'docker' } },
      forward,
      { type: 'answered', answers: { profile: 'dev' } },
      { type: 'learned', facts: healthy },
      { type: 'forward', notice: 'Taken over as it is' },
    );
    expect(state.position).toBe('verify');
    expect(state.notices.map(({ step, text }) => [step, text])).toEqual([
      ['profile', 'Taken over as it is'],
      ['image', 'The setup image claude-setup:abc is up to date'],
      ['sign-in', 'Already signed in as ada@example.com'],
    ]);
  });

  it('goes back step by step, also to satisfied ones, and stays at the first', () => {
    let state = walked(opened(healthy));
    const visited = [];
    for (let moves = 0; moves < 5; moves += 1) {
      state = reduceWizard(state, { type: 'back' });
      visited.push(state.position);
    }
    expect(visited).toEqual(['sign-in', 'image', 'profile', 'engine', 'engine']);
    expect(state.notices).toEqual([]);
  });

  it('walks from the first step to the last', () => {
    const walk = walked(
      opened({}, noAnswers),
      { type: 'answered', answers: { runtime: 'docker' } },
      { type: 'learned', facts: { engine: 'Docker Engine' } },
      forward,
      { type: 'answered', answers: { profile: 'dev' } },
      { type: 'learned', facts: { profile } },
      forward,
      { type: 'learned', facts: { prepared: 'built' } },
      forward,
      { type: 'learned', facts: { login: login('warn') } },
      forward,
      { type: 'learned', facts: { verified: true } },
      forward,
    );
    expect(walk.position).toBe('done');
    expect(overview(walk).map(({ mark }) => mark)).toEqual([...Array(5).fill('finished'), 'current']);
    expect(reduceWizard(walk, forward)).toBe(walk);
  });

  it('can be sent to a step', () => {
    expect(walked(opened(healthy), { type: 'go', to: 'sign-in' }).position).toBe('sign-in');
  });
});

describe('changing an answer', () => {
  it('forgets what was found for another profile', () => {
    const state = walked(opened({ ...healthy, verified: true }), {
      type: 'answered',
      answers: { profile: 'staging' },
    });
    expect(state.facts).toMatchObject({
      profile: null,
      login: null,
      verified: false,
      prepared: healthy.prepared,
    });
  });

  it('forgets what was made ready for another runtime', () => {
    const state = walked(opened({ ...healthy, verified: true }), {
      type: 'answered',
      answers: { runtime: 'sandbox' },
    });
    expect(state.facts).toMatchObject({ prepared: null, verified: false, profile });
  });

  it('keeps everything for the same answer', () => {
    const state = walked(opened(healthy), { type: 'answered', answers: { profile: 'dev' } });
    expect(state.facts).toMatchObject(healthy);
  });
});

describe('what is saved', () => {
  it('is answers only, without the wish of the moment', () => {
    expect(toSave({ ...docker, method: 'shell', again: true })).toEqual({
      runtime: 'docker',
      profile: 'dev',
      method: 'shell',
    });
  });
});

describe('the list of steps', () => {
  it('has no step that is satisfied from the start', () => {
    const { facts, answers } = newWizard;
    expect(steps.filter((step) => step.satisfied(facts, answers) !== null)).toEqual([]);
  });
});
