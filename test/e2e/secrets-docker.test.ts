import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { leaseRoot } from '../../src/domain/job.ts';
import { docker, type Output, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { canarySecrets, findSecrets, type Hit, needlesOf } from '../support/canary.ts';
import { type ContainerTraces, containerTraces } from '../support/container-traces.ts';
import { everyCommand } from '../support/every-command.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { findInImage } from '../support/image-search.ts';
import { issuerOnBridge, whyNoNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { makeTemporary, type Temporary } from '../support/temporary.ts';
import { openTmux, type Tmux } from '../support/tmux.ts';
import { configureImage, outputOf, product } from './product.ts';
import { signInByBrowser, walkTo, watchProcesses } from './walk.ts';

const reason = (await whyNoDocker()) ?? (await whyNoNamespace());
const engine = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
/** The home of the CLI, and the volume of a `run`. */
const mayHoldLogin = ['/home/node/.claude', leaseRoot];

/** Troubleshooting has looked at everything. */
const looked = /(?:is|are|Nothing is) wrong$/m;

describe.skipIf(reason !== null)(`secrets of a login in containers (${reason ?? 'real CLI'})`, () => {
  const made = canarySecrets();
  const typed = made.longLivedToken;
  const passphrase = made.codeVerifier;
  let place: Awaited<ReturnType<typeof issuerOnBridge>>;
  let temporary: Temporary;
  let proxy: FaultProxy;
  let env: Record<string, string>;
  let endOfWatch: () => Promise<ReadonlySet<string>>;
  let since = '';
  const removed: ContainerTraces[] = [];
  const outputs: { readonly where: string; readonly text: string; readonly givesToken: boolean }[] = [];
  const terminals: Tmux[] = [];
  const at = (...names: readonly string[]) => join(temporary.root, ...names);

  const configure = () =>
    configureImage(temporary.setupHome, {
      base: testBase,
      caFile: place.caFile,
      extraHosts: place.extraHosts,
    });

  const call = async (argv: readonly string[], givesToken = false): Promise<Output> => {
    const output = await outputOf([...place.inside, ...product, ...argv], env);
    const name = argv.join(' ').slice(0, 60);
    outputs.push({ where: `stdout of ${name}`, text: output.stdout, givesToken });
    outputs.push({ where: `stderr of ${name}`, text: output.stderr, givesToken: false });
    return output;
  };

  const open = async (...argv: readonly string[]): Promise<Tmux> => {
    const terminal = await openTmux({
      columns: 120,
      rows: 40,
      command: [...place.inside, ...product, ...argv],
      env,
    });
    terminals.push(terminal);
    return terminal;
  };

  beforeAll(async () => {
    since = String(Math.floor(Date.now() / 1000));
    temporary = await makeTemporary();
    const [issuer, cli] = await Promise.all([issuerOnBridge(), realCliFolder()]);
    place = issuer;
    endOfWatch = watchProcesses();
    for (const name of ['tmp', 'old']) await mkdir(at(name), { mode: 0o700 });
    await writeFile(at('passphrase'), `${passphrase}\n`, { mode: 0o600 });
    await writeFile(at('old', '.credentials.json'), await place.issuer.signIn(), { mode: 0o600 });
    await configure();
    proxy = await startFaultProxy({
      engine,
      folder: temporary.root,
      fault: null,
      beforeRemoval: async (id) => void removed.push(await containerTraces(id, mayHoldLogin)),
    });
    env = {
      ...temporary.env,
      PATH: `${cli}:${temporary.env.PATH}`,
      NODE_EXTRA_CA_CERTS: place.caFile,
      DOCKER_HOST: proxy.host,
      TMPDIR: at('tmp'),
      CLAUDE_SETUP_DEBUG: '1',
      CLAUDE_SETUP_PASSPHRASE_FILE: at('passphrase'),
    };
  });
  afterAll(async () => {
    for (const terminal of terminals) await terminal.close();
    await endOfWatch?.();
    await proxy?.close();
    await place?.close();
    await temporary?.remove();
  });

  it('signs in by the wizard, after a sign-in that the provider refused', async () => {
    const terminal = await open();
    await walkTo(terminal, /How do you want to sign in\?/);
    await terminal.keys('Enter');
    await place.issuer.behave({ answer: 'refuse' });
    await signInByBrowser(terminal, place.issuer);
    await terminal.waitFor('There is no new login', 60_000);
    await terminal.keys('t');
    await terminal.waitFor(looked, 60_000);
    await terminal.keys('Escape');
    await terminal.waitFor('How do you want to sign in?');
    await place.issuer.behave({ answer: 'normal' });
    await terminal.keys('Enter');
    await signInByBrowser(terminal, place.issuer);
    await terminal.waitFor(/checks passed/, 60_000);
    for (const next of ['write it', 'finish']) {
      await terminal.keys('Enter');
      await terminal.waitFor(next, 60_000);
    }
    await terminal.keys('Enter');
    await terminal.ended();
    expect(removed.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['version', 'sign-in', 'cli']));
  });

  it('goes through every command', { timeout: 1_800_000 }, async () => {
    const { root, authDir } = temporary;
    const calls = everyCommand({ root, loginDir: at('old'), authDir, secret: typed });
    expect(new Set(calls.map(({ words }) => words))).toEqual(new Set(commands.map(({ words }) => words)));
    const good = new Set<string>();
    for (const { argv, givesToken, words } of calls) {
      const { status } = await call(argv, givesToken === true);
      if (status === 0) good.add(words);
    }
    expect([...good]).toEqual(
      expect.arrayContaining(['check', 'refresh', 'run', 'apply', 'watch', 'export']),
    );
  });

  it('goes on when the provider is in trouble', async () => {
    await place.issuer.behave({ answer: 'error' });
    expect(await call(['refresh', 'dev', '--force', '--json'])).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('refresh.unanswered'),
    });
    // A lease is shown to nobody for this.
    expect((await call(['check', 'dev', '--live'])).status).toBe(0);
    await place.issuer.behave({ answer: 'normal' });
  });

  it('goes through the screens', async () => {
    const terminal = await open();
    await terminal.waitFor('use elsewhere', 60_000);
    for (const key of ['c', 'u', 'o', 't']) {
      await terminal.keys(key);
      await terminal.waitFor(key === 't' ? looked : 'Esc back', 60_000);
      await terminal.keys('Escape');
      await terminal.waitFor('use elsewhere');
    }
    await terminal.keys('q');
    await terminal.ended();
  });

  it('is nowhere but where it belongs', async () => {
    const processes = [...(await endOfWatch())].join('\n');
    const tokens = await place.issuer.given();
    expect(tokens.length).toBeGreaterThan(6);
    const held = needlesOf([...tokens, passphrase]);
    const everything = needlesOf([...tokens, passphrase, typed]);
    const notOnRequest = needlesOf([...tokens.filter((token) => token.includes('ort01')), passphrase, typed]);
    const hits: Hit[] = [];
    for (const { where, text, givesToken } of outputs)
      hits.push(...findSecrets(where, text, givesToken ? notOnRequest : everything));
    for (const { seen } of terminals) hits.push(...findSecrets('screens', seen.join('\n'), everything));
    expect(processes).toContain('claude\0auth\0login');
    hits.push(...findSecrets('arguments and environments', processes, held));

    for (const { texts } of removed)
      for (const { where, text } of texts) hits.push(...findSecrets(where, text, everything));
    const until = String(Math.ceil(Date.now() / 1000));
    const events = await docker('events', '--since', since, '--until', until, '--format', '{{json .}}');
    expect(events.stdout).toContain('"Action":"start"');
    hits.push(...findSecrets('docker events', events.stdout, held));

    const image = removed.find(({ kind }) => kind === 'sign-in')?.image ?? '';
    hits.push(...(await findInImage(image, everything, at('patterns'))));

    const root = temporary.root;
    const belongs = [
      /^home\/\.claude-hub\//,
      /^home\/\.claude-hub\.claude-setup\//,
      /^(?:old|other|published|restarted)(?:\.claude-setup)?\//,
      /^asked-for\.env$/,
      /^passphrase$/,
    ];
    const files = (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((one) => one.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1))
      .filter((path) => !belongs.some((one) => one.test(path)));
    for (const path of files)
      hits.push(...findSecrets(path, `${path}\n${await readFile(join(root, path), 'latin1')}`, everything));
    expect(files).toEqual(
      expect.arrayContaining(['setup/config.json', 'setup/logs/debug.log', 'support.json']),
    );
    expect(hits).toEqual([]);
    console.info(
      `${tokens.length} tokens; ${outputs.length} outputs, ${terminals.length} terminals, ${removed.length} containers, ${files.length} files: 0 hits`,
    );
  });
});
