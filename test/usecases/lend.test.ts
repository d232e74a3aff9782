import { expect, it } from 'vitest';
import { lend } from '../../src/usecases/lend.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, putLogin, startOfTest } from '../tui/fake-world.ts';

const never = new AbortController().signal;
const minute = 60_000;

/** A profile that can't be refreshed, because its setup image was never built. */
const setup = (leftMs: number) => {
  const world = createFakeWorld();
  const profile = world.addProfile('dev');
  putLogin(world.store.directory(profile.authDir), { token: 'dev', leftMs });
  return () => lend(world.ports, { profile, marginMs: 60 * minute }, () => {}, never);
};

it('lends a fresh token without a word about a refresh that was not due', async () => {
  const { lease, warning } = unwrap(await setup(61 * minute)());
  expect(warning).toBeNull();
  expect(lease.expiresAt).toBe(startOfTest + 61 * minute);
});

it('lends what is left of a token, and says why it was not refreshed', async () => {
  const { lease, warning } = unwrap(await setup(59 * minute)());
  expect(warning?.code).toBe('image.missing');
  expect(lease.expiresAt).toBe(startOfTest + 59 * minute);
});

it('lends nothing of a token that has ended', async () => {
  expectFailure(await setup(-minute)(), 'image.missing');
});
