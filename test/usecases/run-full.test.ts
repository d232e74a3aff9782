import { expect, it, vi } from 'vitest';
import { parseLogin } from '../../src/domain/credentials.ts';
import { fail } from '../../src/domain/failure.ts';
import { toFullCopy } from '../../src/domain/working-copy.ts';
import type { JobProgram } from '../../src/ports/job.ts';
import { lend } from '../../src/usecases/lend.ts';
import { runFull } from '../../src/usecases/run-full.ts';
import { expectFailure, unwrap } from '../support/results.ts';
import { createFakeWorld, startOfTest } from '../tui/fake-world.ts';

const hour = 3600_000;
const never = new AbortController().signal;
const name = '.credentials.json';

const setup = () => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const files = world.store.directory(profile.authDir);
  const edit = (place: typeof files, fields: object) => {
    const { claudeAiOauth } = JSON.parse(place.text(name) ?? '{}');
    place.set(name, JSON.stringify({ claudeAiOauth: { ...claudeAiOauth, ...fields } }));
  };
  edit(files, { expiresAt: startOfTest + 2 * hour });
  const before = files.text(name) ?? '';
  const said: string[] = [];
  const connect = (program: JobProgram) =>
    program.kind === 'terminal' ? program.session.ended : program.pipes.ended;
  const request = {
    command: ['claude'],
    env: [],
    workdir: null,
    size: null,
    container: { image: null, name: null, mounts: [], network: null, user: null, readOnly: false },
  };
  const start = () =>
    runFull(world.ports, { profile, request, check: false }, connect, (line) => said.push(line), {
      signal: never,
      hurry: never,
    });
  const tokens = () => JSON.parse(files.text(name) ?? '').claudeAiOauth;
  return { world, runtime: world.runtime, profile, files, edit, before, start, said, tokens };
};

const newer = {
  accessToken: 'sk-ant-oat01-TEST-newer',
  refreshToken: 'sk-ant-ort01-TEST-newer',
  expiresAt: startOfTest + 9 * hour,
};

it('hands the whole login out, and keeps what became of it', async () => {
  const { runtime, edit, before, start, tokens, said } = setup();
  runtime.plays((job) => {
    expect(job.copy?.files.text(name)).toContain('ort01');
    expect(JSON.parse(job.copy?.files.text(name) ?? '')).toEqual(JSON.parse(before));
    if (job.copy !== null) edit(job.copy.files, newer);
    job.end(4);
  });
  expect(unwrap(await start())).toEqual({ exitCode: 4 });
  expect(tokens()).toMatchObject(newer);
  expect(said).toEqual(['Kept the new tokens of dev']);
  expect(runtime.copies.map(({ removed }) => removed)).toEqual([true]);
});

it.each([
  ['blanked', { accessToken: '', refreshToken: '', expiresAt: 0 }, 'refresh.refused'],
  ['older', { ...newer, expiresAt: startOfTest + hour }, 'refresh.unusable'],
  ['without a refresh token', { ...newer, refreshToken: '' }, 'refresh.unusable'],
  ['without an end', { ...newer, expiresAt: 'soon' }, 'refresh.unusable'],
] as const)('never adopts a login that is %s', async (_name, fields, code) => {
  const { runtime, files, edit, before, start, said } = setup();
  runtime.plays((job) => {
    if (job.copy !== null) edit(job.copy.files, fields);
    job.end(0);
  });
  expectFailure(await start(), code);
  expect(files.text(name)).toBe(before);
  runtime.plays((job) => {
    if (job.copy !== null) edit(job.copy.files, fields);
    job.end(9);
  });
  expect(unwrap(await start())).toEqual({ exitCode: 9 });
  expect(said).toHaveLength(1);
});

it('keeps the stored login when the file was damaged', async () => {
  const { runtime, files, before, start } = setup();
  runtime.plays((job) => {
    job.copy?.files.set(name, '{"claudeAi');
    job.end(0);
  });
  expectFailure(await start(), 'refresh.unusable');
  expect(files.text(name)).toBe(before);
});

it('holds the lock all the while', async () => {
  const { world, runtime, start } = setup();
  const released = vi.fn(async () => {});
  Object.assign(world.ports.locks, { acquire: async () => ({ ok: true, value: { release: released } }) });
  const running = start();
  await vi.waitFor(() => expect(runtime.jobs).toHaveLength(1));
  expect(released).not.toHaveBeenCalled();
  runtime.jobs[0]?.end(0);
  unwrap(await running);
  expect(released).toHaveBeenCalledOnce();
});

it('leaves what can not be read for the next command, which brings it home', async () => {
  const { world, runtime, profile, edit, before, start, tokens } = setup();
  const stored = parseLogin(before);
  if (!stored.ok) throw new Error(stored.problem);
  // As a killed process leaves it.
  const left = runtime.leaveCopy('dev', toFullCopy(stored.login, null), (files) => edit(files, newer));
  const { lease } = unwrap(await lend(world.ports, { profile }, () => {}, never));
  expect(lease.files.get(name)).toContain('TEST-newer');
  expect(tokens()).toMatchObject(newer);
  expect(left.removed).toBe(true);
  runtime.plays((job) => job.end(0));
  expect(unwrap(await start())).toEqual({ exitCode: 0 });
});

it('does not hand out what holds no refresh token, nor what another directory holds', async () => {
  const { world, files, edit, runtime, start } = setup();
  edit(files, { refreshToken: '' });
  expectFailure(await start(), 'refresh.impossible');
  edit(files, { refreshToken: 'sk-ant-ort01-TEST-back' });
  runtime.failStart(fail('engine.lost', 'It failed', 'the connection was cut', 'try again').failure);
  expectFailure(await start(), 'engine.lost');
  expect(world.runtime.jobs).toEqual([]);
});
