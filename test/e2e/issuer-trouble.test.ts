import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Behaviour } from '../support/issuer/ledger.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { reportTrials, soak } from '../support/soak.ts';
import { type LoginWorld, makeLoginWorld } from './login-world.ts';

const reason = await whyNoNamespace();

interface Trouble {
  readonly title: string;
  readonly behaviour: Partial<Behaviour>;
  readonly status: number;
  /** The code of the failure that is reported; null for a refresh. */
  readonly code: string | null;
  /** What a refresh comes to once the issuer is well again; null for one that is refused. */
  readonly afterwards: 'refreshed' | 'fresh' | null;
}

const unanswered = { status: 1, code: 'refresh.unanswered' } as const;

const troubles: readonly Trouble[] = [
  {
    title: 'takes 12 s',
    behaviour: { delayMs: 12_000 },
    status: 0,
    code: null,
    afterwards: 'fresh',
  },
  { title: 'is down', behaviour: { answer: 'down' }, ...unanswered, afterwards: 'refreshed' },
  { title: 'answers 503', behaviour: { answer: 'error' }, ...unanswered, afterwards: 'refreshed' },
  {
    title: 'refuses',
    behaviour: { answer: 'refuse' },
    status: 1,
    code: 'refresh.refused',
    afterwards: 'refreshed',
  },
  // The new tokens are lost on their way, and the CLI itself shows the spent one again: nobody can save this login.
  { title: 'is cut off after it has granted', behaviour: { answer: 'cut' }, ...unanswered, afterwards: null },
  // The same: the CLI gives an answer 30 s. Two minutes long, so only when every trial is made.
  ...(soak
    ? [
        {
          title: 'takes 40 s, and grants to nobody',
          behaviour: { delayMs: 40_000 },
          status: 4,
          code: 'refresh.under-way',
          afterwards: null,
        },
      ]
    : []),
];

describe.skipIf(reason !== null)(`an issuer in trouble, with the real CLI: ${reason ?? 'stand-in'}`, () => {
  let place: Awaited<ReturnType<typeof issuerInNamespace>>;
  let world: LoginWorld;

  beforeAll(async () => {
    place = await issuerInNamespace();
    world = await makeLoginWorld(place);
  });
  afterAll(async () => {
    await place?.close();
    await world?.remove();
  });
  beforeEach(async () => {
    await place.issuer.behave({ answer: 'normal', delayMs: 0 });
    await world.signIn();
  });

  it.each(troubles)('that $title', async ({ title, behaviour, status, code, afterwards }) => {
    const reuses = await place.issuer.reuses();
    const before = await world.files();
    await place.issuer.behave(behaviour);
    const began = performance.now();
    const tried = await world.run('refresh', 'dev', '--json');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    expect(tried, tried.stderr).toMatchObject({ status });
    expect(JSON.parse(tried.stdout).error?.code ?? null).toBe(code);
    if (code === null) expect(await world.files()).not.toEqual(before);
    else expect(await world.files()).toEqual(before);

    await place.issuer.behave({ answer: 'normal', delayMs: 0 });
    // A person who was asked to sign in does so; until then the issuer is not asked for this login by `watch` again.
    if (code === 'refresh.refused') {
      expect((await world.run('check', 'dev')).stdout).toContain('claude-setup login dev');
      await world.signIn();
    }
    const held = await world.files();
    const next = await world.run('refresh', 'dev', '--json');
    if (afterwards === null) {
      expect(next).toMatchObject({ status: 1 });
      expect(JSON.parse(next.stdout)).toMatchObject({ error: { code: 'refresh.refused' } });
      expect(await world.files()).toEqual(held);
      expect((await world.run('check', 'dev')).stdout).toContain('claude-setup login dev');
    } else {
      expect(JSON.parse(next.stdout)).toMatchObject({ outcome: afterwards });
      expect(await place.issuer.accepts((await world.stored()).accessToken)).toBe(true);
      expect((await place.issuer.reuses()) - reuses).toBe(0);
    }
    expect(await world.leftovers()).toEqual([]);
    reportTrials(`${title}: ${seconds} s, exit ${tried.status}, ${tried.stderr.trim().split('\n').at(-1)}`);
  });
});
