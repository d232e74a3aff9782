import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { planForTest, testBase, whyNoDocker } from '../docker/docker-cli.ts';
import { canarySecrets, findSecrets, type Hit, needlesOf } from '../support/canary.ts';
import { everyCommand } from '../support/every-command.ts';
import { findInImage } from '../support/image-search.ts';
import { issuerInNamespace, whyNoNamespace } from '../support/issuer/places.ts';
import { openTmux } from '../support/tmux.ts';
import { type LoginWorld, makeLoginWorld } from './login-world.ts';
import { configureImage, product } from './product.ts';
import { watchProcesses } from './walk.ts';

const reason = await whyNoNamespace();
const noDocker = await whyNoDocker();

/** Throws what is in the file as soon as the program would tell a fault. */
const faultOf = (file: string): string =>
  `data:text/javascript,${encodeURIComponent(
    `import { readFileSync } from 'node:fs';
     const timer = setInterval(() => {
       if (process.listenerCount('uncaughtException') === 0) return;
       clearInterval(timer);
       throw new Error(readFileSync(${JSON.stringify(file)}, 'utf8'));
     }, 1);`,
  )}`;

describe.skipIf(reason !== null)(`secrets of a login, everywhere (${reason ?? 'real CLI'})`, () => {
  const made = canarySecrets();
  /** Typed where a name belongs, or in the environment: on the command line it is by the person's own doing. */
  const typed = made.longLivedToken;
  const apiKey = canarySecrets().accessToken;
  const longLived = canarySecrets().longLivedToken;
  const passphrase = canarySecrets().codeVerifier;
  const accessTokens = new Set<string>();
  const others = new Set([longLived, passphrase]);

  let place: Awaited<ReturnType<typeof issuerInNamespace>>;
  let world: LoginWorld;
  let endOfWatch: () => Promise<ReadonlySet<string>>;
  let env: Record<string, string>;
  const outputs: { readonly where: string; readonly text: string; readonly givesToken: boolean }[] = [];
  const at = (...names: readonly string[]) => join(world.temporary.root, ...names);

  /** Notes the tokens that the profile has now. */
  const note = async (): Promise<void> => {
    const { accessToken, refreshToken } = await world.stored();
    accessTokens.add(accessToken);
    others.add(refreshToken);
  };

  const call = async (argv: readonly string[], givesToken = false, more: Record<string, string> = {}) => {
    const { stdout, stderr, status } = await world.exec({ ...env, ...more }, ...product, ...argv);
    const name = argv.join(' ').slice(0, 60);
    outputs.push({ where: `stdout of ${name}`, text: stdout, givesToken });
    outputs.push({ where: `stderr of ${name}`, text: stderr, givesToken: false });
    await note();
    return { status, stdout, stderr };
  };

  beforeAll(async () => {
    place = await issuerInNamespace();
    endOfWatch = watchProcesses();
    world = await makeLoginWorld(place);
    await note();
    for (const name of ['tmp', 'ci']) await mkdir(at(name), { mode: 0o700 });
    await cp(world.temporary.authDir, at('old'), { recursive: true });
    await writeFile(at('ci', 'oauth-token'), `${longLived}\n`, { mode: 0o600 });
    await writeFile(at('passphrase'), `${passphrase}\n`, { mode: 0o600 });
    env = {
      TMPDIR: at('tmp'),
      CLAUDE_SETUP_DEBUG: '1',
      CLAUDE_SETUP_PASSPHRASE_FILE: at('passphrase'),
      ANTHROPIC_API_KEY: apiKey,
      DOCKER_HOST: `unix://${at('no-engine.sock')}`,
    };
  }, 120_000);
  afterAll(async () => {
    await endOfWatch?.();
    await world?.remove();
    await place?.close();
  });

  it('goes through every command', async () => {
    const { root, authDir } = world.temporary;
    const calls = everyCommand({ root, loginDir: at('old'), authDir, secret: typed });
    expect(new Set(calls.map(({ words }) => words))).toEqual(new Set(commands.map(({ words }) => words)));
    for (const argv of [
      ['profile', 'import', at('ci'), '--name', 'ci', '--runtime', 'sandbox'],
      ['run', 'ci', '--', 'env'],
      ['check', 'ci', '--json'],
      ['export', 'ci', '--format', 'compose'],
    ])
      expect((await call(argv)).stderr, argv.join(' ')).not.toContain('Fix:');
    const good = new Set<string>();
    const bad = new Set<string>();
    for (const { argv, givesToken, words } of calls) {
      const { status } = await call(argv, givesToken === true);
      (status === 0 ? good : bad).add(words);
    }
    // Both ways were gone, but where the one needs a terminal or an engine, or the other can't be.
    const needsMore = ['login', 'demo', 'build', 'doctor'];
    expect(commands.map(({ words }) => words).filter((words) => !good.has(words))).toEqual(
      commands.map(({ words }) => words).filter((words) => needsMore.includes(words)),
    );
    const neverFails = ['complete', 'profile list'];
    expect(
      commands
        .map(({ words }) => words)
        .filter((words) => !bad.has(words))
        .toSorted(),
    ).toEqual(neverFails);
    expect(accessTokens.size).toBeGreaterThan(1);
  });

  it('goes on when the provider refuses and is gone', async () => {
    for (const answer of ['refuse', 'down'] as const) {
      await place.issuer.behave({ answer });
      await call(['refresh', 'dev', '--force']);
      if (answer === 'refuse') await call(['check', 'dev', '--live']);
    }
    await place.issuer.behave({ answer: 'normal' });
    await world.signIn();
    await note();
  });

  it('goes on in a fault of the program, of which no report is left', async () => {
    const { status, stderr } = await call(['check', 'dev', '--live'], false, {
      NODE_OPTIONS: `--import=${faultOf(join(world.temporary.authDir, '.credentials.json'))} --report-uncaught-exception --report-on-fatalerror --report-directory=${at('tmp')}`,
    });
    expect(status).toBe(1);
    expect(stderr).toContain('This is a fault of the program: Error: {"claudeAiOauth":{"accessToken":"…"');
  });

  it('goes on in a terminal', async () => {
    const [program = '', ...rest] = [...place.inside, ...product];
    const terminal = await openTmux({
      columns: 120,
      rows: 40,
      command: [program, ...rest],
      env: { ...world.env, ...env },
    });
    try {
      await terminal.waitFor('dev');
      for (const key of [
        'Enter',
        'Down',
        'c',
        'e',
        'Escape',
        '?',
        'Escape',
        't',
        'Escape',
        'r',
        'w',
        'Escape',
      ]) {
        await terminal.keys(key);
        await terminal.capture();
      }
    } finally {
      await terminal.close();
    }
    outputs.push({ where: 'screens', text: terminal.seen.join('\n'), givesToken: false });
    await note();
  });

  describe.skipIf(noDocker !== null)(noDocker ?? 'on an engine', () => {
    const withEngine = { DOCKER_HOST: process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock' };

    it('goes on in containers', async () => {
      await configureImage(world.temporary.setupHome, {
        base: testBase,
        caFile: (await planForTest()).settings.caFile,
      });
      const built = await call(['build'], false, withEngine);
      expect(built.stderr + built.stdout).toMatch(/was built|is up to date/);
      expect((await call(['doctor', '--plain'], false, withEngine)).status).toBeLessThan(2);
      const inside = await call(['run', 'dev', '--runtime', 'docker', '--', 'env'], false, withEngine);
      expect(inside.stdout).toContain('CLAUDE_CONFIG_DIR=');
      expect((await call(['support', '--output', at('more.json'), '--yes'], false, withEngine)).status).toBe(
        0,
      );
    });

    it('nothing of it is in the image, its history or what the engine says of it', async () => {
      const { reference } = await planForTest();
      const needles = needlesOf([...accessTokens, ...others, typed, apiKey]);
      expect(await findInImage(reference, needles, at('patterns'))).toEqual([]);
    });
  });

  it('is nowhere but where it belongs', async () => {
    const processes = await endOfWatch();
    const { root } = world.temporary;
    const held = needlesOf([...accessTokens, ...others]);
    const everything = needlesOf([...accessTokens, ...others, typed, apiKey]);
    const notOnRequest = needlesOf([...others, typed, apiKey]);
    const hits: Hit[] = [];
    for (const { where, text, givesToken } of outputs)
      hits.push(...findSecrets(where, text, givesToken ? notOnRequest : everything));
    const seen = [...processes].join('\n');
    expect(seen).toContain('claude\0auth\0status');
    hits.push(...findSecrets('arguments and environments', seen, held));
    const files = (await readdir(root, { recursive: true, withFileTypes: true })).filter((one) =>
      one.isFile(),
    );
    const belongs = [
      // The profiles' directories, what is kept beside them, and a directory of nobody's.
      /^home\/\.claude-hub\//,
      /^home\/\.claude-hub\.claude-setup\//,
      /^(?:old|ci|other)(?:\.claude-setup)?\//,
      // Published, asked for by name, and given by the person.
      /^(?:published|restarted)\//,
      /^asked-for\.env$/,
      /^passphrase$/,
    ];
    let looked = 0;
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name).slice(root.length + 1);
      if (belongs.some((one) => one.test(path))) continue;
      looked += 1;
      const text = await readFile(join(root, path), 'latin1');
      hits.push(...findSecrets(path, `${path}\n${text}`, everything));
    }
    expect(hits).toEqual([]);
    // The log, the settings, the bundle, the metrics and what the hook was given were among them.
    for (const name of [
      'metrics.prom',
      'hook.env',
      'support.json',
      'setup/config.json',
      'setup/logs/debug.log',
    ])
      expect(await readFile(at(name), 'utf8')).not.toBe('');
    expect(looked).toBeGreaterThan(5);
    // A file that was asked for holds the access token and no more.
    const asked = await readFile(at('asked-for.env'), 'utf8');
    expect(asked).toContain('CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-');
    expect(findSecrets('asked-for.env', asked, notOnRequest)).toEqual([]);
    // Two empty folders there are the CLI's own.
    const left = (await readdir(at('tmp'))).filter((name) => !/^(?:cc-socks|claude-\d+)$/.test(name));
    expect(left).toEqual([]);
    console.info(
      `${outputs.length} outputs, ${processes.size} arguments and environments, ${looked} files: 0 hits`,
    );
  });
});
