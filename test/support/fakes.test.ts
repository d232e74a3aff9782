import { describe, expect, it } from 'vitest';
import { createFakeEngine } from '../../src/adapters/practice/fake-engine.ts';
import { createFakeSession } from '../../src/adapters/practice/fake-session.ts';

describe('fake session', () => {
  it('keeps output until somebody listens and ends after the last byte', async () => {
    const session = createFakeSession();
    session.emit('early');
    const seen: string[] = [];
    session.onOutput((chunk) => seen.push(new TextDecoder().decode(chunk)));
    session.pause();
    session.emit('held');
    session.end(3);
    expect(seen).toEqual(['early']);
    session.resume();
    expect(seen).toEqual(['early', 'held']);
    expect(await session.ended).toEqual({ exitCode: 3 });
  });
});

describe('fake engine', () => {
  it('answers every call with the failure it broke down with', async () => {
    const engine = createFakeEngine();
    engine.breakDown({ code: 'engine.lost', what: 'w', why: 'y', fix: 'f' });
    expect(await engine.image('x')).toMatchObject({ ok: false, failure: { code: 'engine.lost' } });
    engine.breakDown(null);
    expect(await engine.image('x')).toEqual({ ok: true, value: null });
  });
});
