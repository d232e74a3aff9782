import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEmulator } from '../../src/adapters/pty/emulator.ts';
import { openPtySession } from '../../src/adapters/pty/session.ts';
import { commands } from '../../src/cli/commands.ts';
import { completionNodes } from '../../src/cli/completions/completion-model.ts';
import { ok } from '../../src/domain/failure.ts';
import { unwrap } from '../support/results.ts';
import { temporary } from '../support/temporary.ts';
import { createFakeWorld } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const tab = '\t';
const clear = '\x15';

/** How each shell is started without anybody's settings, and how it takes the script. */
const shells = {
  bash: {
    args: ['--norc', '--noprofile', '-i'],
    load: (script: string) => `bind 'set bell-style none'; source ${script}`,
  },
  zsh: {
    args: ['-f', '-i'],
    load: (script: string) => `autoload -U compinit; compinit -u -D; unsetopt beep; source ${script}`,
  },
  fish: { args: ['--no-config', '-i'], load: (script: string) => `source ${script}` },
} as const;

type Shell = keyof typeof shells;

const bashCompletion = '/usr/share/bash-completion/bash_completion';

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** An interactive shell on a real terminal, with the completions loaded, and a `claude-setup` that knows two profiles. */
const openShell = async (shell: Shell, first: readonly string[] = []) => {
  const { root, home } = await temporary();
  const bin = join(root, 'bin');
  await mkdir(bin);
  await mkdir(join(home, 'somewhere'));
  const program = `#!/bin/sh
case "$*" in
  "complete profiles -- "*) printf 'dev\\nstaging\\n' ;;
  "complete snapshots -- "*" rollback dev "*) printf '2026-11-24T10-00-00\\n' ;;
esac
echo trouble >&2
`;
  await writeFile(join(bin, 'claude-setup'), program);
  await chmod(join(bin, 'claude-setup'), 0o755);
  const script = join(root, `completions.${shell}`);
  await writeFile(script, (await runCli(createFakeWorld().ports, ['completions', shell])).stdout);
  const size = { columns: 100, rows: 30 };
  const session = unwrap(
    await openPtySession({
      command: shell,
      args: shells[shell].args,
      cwd: home,
      env: {
        HOME: home,
        PATH: `${bin}:${process.env.PATH}`,
        TERM: 'xterm-256color',
        LANG: 'C.UTF-8',
        PS1: '$ ',
      },
      size,
    }),
  );
  onTestFinished(() => session.kill('SIGKILL'));
  const screen = await createEmulator().open(size);
  onTestFinished(() => screen.dispose());
  session.onOutput((chunk) => void screen.write(chunk));
  screen.onReply((bytes) => session.write(bytes));
  const text = () =>
    screen
      .rows()
      .map(({ runs }) =>
        runs
          .map((run) => run.text)
          .join('')
          .trimEnd(),
      )
      .join('\n');
  const shows = (wanted: string | RegExp) =>
    vi.waitFor(() => expect(text()).toMatch(wanted), { timeout: 8000, interval: 20 });
  await shows(/[$%>#]$/m);
  for (const line of [...first, shells[shell].load(script), 'echo rea""dy']) session.write(`${line}\r`);
  await shows(/^ready/m);
  session.write('\x0c');
  await vi.waitFor(() => expect(text()).not.toContain('ready'), { timeout: 8000, interval: 20 });
  return {
    text,
    /** Types a line with its tabs, and waits until the screen shows it. The line is thrown away afterwards. */
    async types(line: string, wanted: string | RegExp) {
      session.write(line);
      await shows(wanted);
      session.write(`${clear}\x0c`);
      await vi.waitFor(() => expect(text()).not.toContain('claude-setup'), { timeout: 8000, interval: 20 });
    },
  };
};

describe.each(Object.keys(shells) as Shell[])('in %s', (shell) => {
  it.skipIf(!isThere(shell))(`words are completed (skipped where ${shell} is not installed)`, async () => {
    const { types, text } = await openShell(shell);
    await types(`claude-setup supp${tab}`, /claude-setup support$/m);
    await types(`claude-setup profile rena${tab}`, /claude-setup profile rename$/m);
    await types(`claude-setup login stag${tab}`, /claude-setup login staging$/m);
    await types(`claude-setup profile show d${tab}`, /claude-setup profile show dev$/m);
    await types(`claude-setup login --runt${tab}`, /claude-setup login --runtime/);
    await types(`claude-setup login --runtime sand${tab}`, /--runtime sandbox$/m);
    await types(`claude-setup login --runtime=dock${tab}`, /--runtime=docker$/m);
    await types(`claude-setup --debug check --js${tab}`, /claude-setup --debug check --json/);
    await types(`claude-setup check --dir somew${tab}`, /--dir somewhere\//);
    await types(`claude-setup rollback dev --to 20${tab}`, /--to 2026-11-24T10-00-00$/m);
    await types(`claude-setup completions zs${tab}`, /completions zsh$/m);
    expect(text()).not.toContain('trouble');
  });

  it.skipIf(!isThere(shell))(`several are listed (skipped where ${shell} is not installed)`, async () => {
    const { types } = await openShell(shell);
    await types(`claude-setup profile re${tab}${tab}`, /rename[\s\S]*remove|remove[\s\S]*rename/);
    await types(`claude-setup check ${tab}${tab}`, /dev[\s\S]*staging/);
  });
});

it.skipIf(!isThere('bash') || !existing(bashCompletion))(
  'bash takes them together with the package bash-completion (skipped where it is not installed)',
  async () => {
    const { types } = await openShell('bash', [`source ${bashCompletion}`]);
    await types(`claude-setup supp${tab}`, /claude-setup support$/m);
    await types(`claude-setup login --runtime=dock${tab}`, /--runtime=docker$/m);
  },
);

function existing(path: string): boolean {
  try {
    execFileSync('test', ['-e', path]);
    return true;
  } catch {
    return false;
  }
}

describe('what can be completed', () => {
  it('is every command of the help with every option of its own, and nothing that is hidden', async () => {
    const nodes = await completionNodes(commands);
    for (const { words, hidden, load } of commands) {
      const node = nodes.find((one) => one.words === words);
      if (hidden) expect(node).toBeUndefined();
      else {
        const names = node?.options.flatMap((option) => option.names);
        for (const { flags } of (await load()).options) expect(names).toContain(flags.split(/[ ,[<]/)[0]);
      }
    }
    expect(nodes.find(({ words }) => words === '')?.next.map(({ word }) => word)).toContain('profile');
  });

  it('is asked for in silence, whatever is wrong', async () => {
    const world = createFakeWorld();
    world.addProfile('dev');
    world.addProfile('staging');
    const ask = () => runCli(world.ports, ['complete', 'profiles']);
    expect(await ask()).toEqual({ status: 0, stdout: 'dev\nstaging\n', stderr: '' });
    const store = {
      ...world.ports.store,
      snapshots: async (authDir: string) =>
        ok(authDir.endsWith('dev') ? [{ id: '2026-11-24T10-00-00', takenAt: 0 }] : []),
    };
    const line = ['--', 'claude-setup', 'rollback', 'dev', '--to', ''];
    const snapshots = await runCli({ ...world.ports, store }, ['complete', 'snapshots', ...line]);
    expect(snapshots).toEqual({ status: 0, stdout: '2026-11-24T10-00-00\n', stderr: '' });
    expect(await runCli(world.ports, ['complete', 'hats'])).toEqual({ status: 0, stdout: '', stderr: '' });
    const broken = {
      ...world.ports,
      settings: {
        ...world.ports.settings,
        load: async () => ({
          ok: false as const,
          failure: { code: 'settings.broken' as const, what: '', why: '', fix: '' },
        }),
      },
    };
    expect(await runCli(broken, ['complete', 'profiles'])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('does not come for a shell that nobody has heard of', async () => {
    const { status, stdout, stderr } = await runCli(createFakeWorld().ports, ['completions', 'tcsh']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('only bash, zsh, fish are known');
  });
});
