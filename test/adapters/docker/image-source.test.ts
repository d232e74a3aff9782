import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar-stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createImageSource } from '../../../src/adapters/docker/image-source.ts';
import { defaultImageSettings, type ImageSettings } from '../../../src/domain/config.ts';
import type { ImagePlan } from '../../../src/ports/engine.ts';

const dockerDir = fileURLToPath(new URL('../../../docker', import.meta.url));
const [firstCa = '', secondCa = '', thirdCa = ''] = rootCertificates;

const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'claude-setup-image-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const caFile = async (content: string): Promise<string> => {
  const path = join(await temporaryFolder(), 'ca.pem');
  await writeFile(path, content);
  return path;
};

const planned = async (settings: Partial<ImageSettings> = {}, folder = dockerDir): Promise<ImagePlan> => {
  const plan = await createImageSource({ dockerDir: folder }).plan({ ...defaultImageSettings, ...settings });
  if (!plan.ok) throw new Error(plan.failure.why);
  return plan.value;
};

const failed = async (settings: Partial<ImageSettings>, folder = dockerDir) => {
  const plan = await createImageSource({ dockerDir: folder }).plan({ ...defaultImageSettings, ...settings });
  if (plan.ok) throw new Error('the plan was made');
  return plan.failure;
};

const unpacked = async (plan: ImagePlan) => {
  const entries: Record<string, { mode: number; mtime: number; text: string }> = {};
  for await (const entry of plan.context().pipe(extract())) {
    const { name, mode = 0, mtime } = entry.header;
    entries[name] = { mode, mtime: mtime?.getTime() ?? -1, text: (await buffer(entry)).toString('latin1') };
  }
  return entries;
};

describe('the plan', () => {
  it('names, tags and labels the image by its hash', async () => {
    const plan = await planned();
    expect(plan.reference).toMatch(/^claude-setup:[0-9a-f]{12}$/);
    expect(plan.request).toMatchObject({
      dockerfile: 'Dockerfile.claude-setup',
      tags: [plan.reference, 'claude-setup:latest'],
      labels: { 'claude-setup.hash': plan.reference.split(':')[1] },
      noCache: false,
    });
  });

  it('is the same for the same files, wherever they are and whatever the umask was', async () => {
    const copy = join(await temporaryFolder(), 'docker');
    await cp(dockerDir, copy, { recursive: true });
    await chmod(join(copy, 'entrypoint.sh'), 0o600);
    const [here, there] = [await planned(), await planned({}, copy)];
    expect(there.reference).toBe(here.reference);
    expect(await buffer(there.context())).toEqual(await buffer(here.context()));
  });

  it('is another when a file changes', async () => {
    const copy = join(await temporaryFolder(), 'docker');
    await cp(dockerDir, copy, { recursive: true });
    await writeFile(join(copy, 'entrypoint.sh'), '#!/bin/bash\n');
    expect((await planned({}, copy)).reference).not.toBe((await planned()).reference);
  });

  it('gives the context afresh each time, with fixed modes and times', async () => {
    const plan = await planned();
    const entries = await unpacked(plan);
    expect(Object.keys(entries)).toEqual([
      'Dockerfile.claude-setup',
      'entrypoint.sh',
      'bill-of-materials.mjs',
      'ca/README.md',
    ]);
    expect(entries['entrypoint.sh']).toMatchObject({ mode: 0o755, mtime: 0 });
    expect(entries['Dockerfile.claude-setup']).toMatchObject({ mode: 0o644, mtime: 0 });
    expect(await unpacked(plan)).toEqual(entries);
  });

  it('takes *.crt that somebody put into docker/ca', async () => {
    const copy = join(await temporaryFolder(), 'docker');
    await cp(dockerDir, copy, { recursive: true });
    await writeFile(join(copy, 'ca/corporate.crt'), firstCa);
    await writeFile(join(copy, 'ca/notes.txt'), 'not for the image');
    const plan = await planned({}, copy);
    expect(Object.keys(await unpacked(plan)).slice(3)).toEqual(['ca/README.md', 'ca/corporate.crt']);
    expect(plan.reference).not.toBe((await planned()).reference);
  });

  it('says which file of docker/ is missing', async () => {
    const copy = join(await temporaryFolder(), 'docker');
    await cp(dockerDir, copy, { recursive: true });
    await rm(join(copy, 'entrypoint.sh'));
    const failure = await failed({}, copy);
    expect(failure.code).toBe('image.source-missing');
    expect(failure.why).toContain('entrypoint.sh');
  });

  it('refuses a range as CLI version', async () => {
    expect((await failed({ cliVersion: '^2.1.0' })).code).toBe('usage');
  });
});

describe('the extra authorities', () => {
  it('become one file a certificate, the rest of the file left out', async () => {
    const bundle = `# Corporate\r\n${firstCa.replaceAll('\n', '\r\n')}\n-----BEGIN PRIVATE KEY-----\nTEST\n-----END PRIVATE KEY-----\n${secondCa}${thirdCa}`;
    const entries = await unpacked(await planned({ caFile: await caFile(bundle) }));
    const names = Object.keys(entries).filter((name) => name.endsWith('.crt'));
    expect(names).toEqual(['ca/extra-01.crt', 'ca/extra-02.crt', 'ca/extra-03.crt']);
    expect(names.map((name) => entries[name]?.text)).toEqual([
      `${firstCa}\n`,
      `${secondCa}\n`,
      `${thirdCa}\n`,
    ]);
    expect(JSON.stringify(entries)).not.toContain('PRIVATE KEY-----\\nTEST');
  });

  it('keep their order in a bundle of every authority there is', async () => {
    const entries = await unpacked(await planned({ caFile: await caFile(rootCertificates.join('\n')) }));
    const names = Object.keys(entries).filter((name) => name.endsWith('.crt'));
    expect(names).toHaveLength(rootCertificates.length);
    expect(names).toEqual(names.toSorted());
  });

  it('change the hash with their content, not with their place', async () => {
    const [one, same, other] = await Promise.all(
      [firstCa, firstCa, secondCa].map(async (text) => planned({ caFile: await caFile(text) })),
    );
    expect(one?.reference).toBe(same?.reference);
    expect(one?.reference).not.toBe(other?.reference);
    expect(one?.reference).not.toBe((await planned()).reference);
  });

  it.each([
    ['no PEM', 'hello', 'no certificate'],
    ['an empty file', '', 'no certificate'],
    ['a key alone', '-----BEGIN PRIVATE KEY-----\nTEST\n-----END PRIVATE KEY-----\n', 'no certificate'],
    ['a damaged certificate', `${firstCa}\n${secondCa.slice(0, 400)}\n-----END CERTIFICATE-----`, '2 of 2'],
  ])('refuse %s', async (_name, content, why) => {
    const failure = await failed({ caFile: await caFile(content) });
    expect(failure.code).toBe('usage');
    expect(failure.why).toContain(why);
  });

  it('say when their file is not there or is a folder', async () => {
    const folder = await temporaryFolder();
    expect(await failed({ caFile: join(folder, 'none.pem') })).toMatchObject({
      code: 'image.source-missing',
      why: expect.stringContaining('none.pem'),
    });
    expect((await failed({ caFile: folder })).code).toBe('image.source-missing');
  });
});
