import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/adapters/host/clock.ts';
import { isInMemory } from '../../../src/adapters/sandbox/memory-place.ts';
import { createSandboxRuntime } from '../../../src/adapters/sandbox/runtime.ts';
import { parseLogin } from '../../../src/domain/credentials.ts';
import { toLease } from '../../../src/domain/lease.ts';
import { toWorkingCopy } from '../../../src/domain/working-copy.ts';
import { loginText } from '../../support/logins.ts';
import { unwrap } from '../../support/results.ts';
import { installStandIn } from '../../support/stand-in-cli/install.ts';
import { temporary } from '../../support/temporary.ts';

const never = new AbortController().signal;
const inMemory = await isInMemory('/dev/shm');
const why = inMemory ? '' : ' (skipped: there is no tmpfs at /dev/shm)';

const filesWithToken = (root: string): readonly string[] =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path, 'latin1').includes('TEST-secret'));

it.skipIf(!inMemory)(`of a sealed profile nothing in plain is put on the disk${why}`, async () => {
  const { root, setupHome } = await temporary();
  const bin = join(root, 'bin');
  await installStandIn(bin, {});
  const sealed = new Set(['prod']);
  const make = () =>
    createSandboxRuntime({
      home: setupHome,
      // A runtime directory that is on the disk does not do.
      env: { PATH: `${bin}:${process.env.PATH}`, XDG_RUNTIME_DIR: root },
      platform: 'linux',
      uid: process.getuid?.() ?? null,
      clock: systemClock,
      isSealed: async (profile) => sealed.has(profile),
    });
  const parsed = parseLogin(loginText('secret'));
  if (!parsed.ok) throw new Error(parsed.problem);
  const files = toWorkingCopy(parsed.login, null, Date.now());

  const copy = unwrap(await make().startRefresh('prod', files, never));
  onTestFinished(async () => void (await copy.remove()));
  onTestFinished(() => rm(join(copy.id, '../..'), { recursive: true }));
  expect(await isInMemory(copy.id)).toBe(true);
  expect(filesWithToken(root)).toEqual([]);
  // Another process finds it, sealed or not meanwhile.
  sealed.clear();
  const [found, ...others] = unwrap(await make().findWorkingCopies('prod'));
  expect([found?.id, others]).toEqual([copy.id, []]);
  sealed.add('prod');
  unwrap(await copy.remove());
  expect(existsSync(copy.id)).toBe(false);

  const profile = { name: 'prod', authDir: join(root, 'auth'), runtime: 'sandbox', leaveOut: null } as const;
  const size = { columns: 80, rows: 24 };
  const run = unwrap(await make().startSignIn({ profile, method: 'auth-login', size }, never));
  onTestFinished(async () => void (await run.remove()));
  expect(await isInMemory(run.id)).toBe(true);
  unwrap(await run.remove());
  expect(existsSync(run.id)).toBe(false);

  const lease = toLease(parsed.login, null);
  unwrap(
    await make().runCli(['auth', 'status'], lease, { profile: 'prod', timeoutMs: 60_000, signal: never }),
  );
  expect(filesWithToken(root)).toEqual([]);

  const plain = unwrap(await make().startRefresh('dev', files, never));
  onTestFinished(async () => void (await plain.remove()));
  expect(plain.id.startsWith(setupHome)).toBe(true);
});
