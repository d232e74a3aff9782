import { join } from 'node:path';
import { exportFormats } from '../../src/domain/export/formats.ts';

/** One call of a command, for tests that go through all of them. */
export interface CommandCall {
  /** The command as src/cli/commands.ts names it. */
  readonly words: string;
  readonly argv: readonly string[];
  /** Whether it prints or writes an access token because that is what was asked for. */
  readonly givesToken?: true;
}

export interface CallPlace {
  /** A folder for what is written. */
  readonly root: string;
  /** A directory that holds a login and belongs to no profile. */
  readonly loginDir: string;
  /** The auth directory of `dev`. */
  readonly authDir: string;
  /** A secret, to be typed where a name belongs. */
  readonly secret: string;
}

/**
 * Calls of every command, those that succeed and those that fail, in an order that makes sense one after the other. There is a
 * signed-in profile `dev`; nobody sits at the terminal.
 */
export const everyCommand = ({ root, loginDir, authDir, secret }: CallPlace): readonly CommandCall[] => {
  const at = (...names: readonly string[]) => join(root, ...names);
  const call = (words: string, ...args: readonly string[]): CommandCall => ({
    words,
    argv: [...words.split(' '), ...args],
  });
  const giving = (words: string, ...args: readonly string[]): CommandCall => ({
    ...call(words, ...args),
    givesToken: true,
  });
  const [plain, holding] = [false, true].map((holds) =>
    exportFormats.filter(({ holdsToken }) => holdsToken === holds).map(({ format }) => format),
  ) as [string[], string[]];
  return [
    call('profile list'),
    call('profile list', '--json'),
    call('profile show', 'dev'),
    call('profile show', secret),
    call('profile add', 'other', '--dir', at('other')),
    call('profile add', secret),
    call('profile import', loginDir, '--name', 'copied', '--copy', '--runtime', 'sandbox'),
    call('profile import', at(secret)),
    call('profile use', 'copied'),
    call('profile use', secret),
    call('profile rename', 'copied', 'renamed'),
    call('profile rename', 'dev', secret),
    call('use', 'dev'),
    call('use', secret),
    call('check', 'dev'),
    call('check', '--all', '--json'),
    call('check', 'dev', '--live', '--json'),
    call('check', '--dir', loginDir),
    call('check', '--dir', at(secret)),
    call('check', secret, '--json'),
    call('doctor', '--plain'),
    call('doctor', '--plain', '--json'),
    call('doctor', '--container', secret),
    call('refresh', 'dev', '--force'),
    call('refresh', '--all', '--json'),
    call('refresh', 'dev', '--margin', secret),
    call('run', 'dev', '--', 'sh', '-c', 'env; ulimit -c'),
    call('run', 'dev', '--', 'sh', '-c', 'exit 3'),
    call('run', 'dev', '--check', '--', 'true'),
    call('run', 'dev', '--full', '--', 'true'),
    call('run', secret, '--', 'true'),
    ...plain.map((format) => call('export', 'dev', '--format', format)),
    ...holding.map((format) => giving('export', 'dev', '--format', format)),
    giving('export', 'dev', '--format', 'env', '--output', at('asked-for.env')),
    call('export', 'dev', '--format', 'swarm', '--push'),
    call('export', secret, '--format', 'env'),
    call('apply', 'dev', '--to', at('published')),
    call('apply', 'dev', '--to', authDir),
    call('apply', 'dev', '--to', at('restarted'), '--restart', 'no-such-service'),
    call(
      'watch',
      ...[
        'dev',
        '--once',
        '--json',
        '--metrics',
        at('metrics.prom'),
        '--on-change',
        `env > '${at('hook.env')}'`,
      ],
    ),
    call('watch', 'dev', '--once', '--margin', '9h', '--on-change', `env >> '${at('hook.env')}'; exit 1`),
    call('watch', secret, '--once'),
    call('unapply', 'dev', '--json'),
    call('unapply', 'dev', '--to', at('nothing')),
    call('rollback', 'dev', '--list'),
    call('rollback', 'dev', '--to', secret),
    call('rollback', 'renamed'),
    call('profile seal', 'renamed', '--key', 'passphrase'),
    call('profile seal', secret),
    call('check', 'renamed'),
    call('export', 'renamed', '--format', 'compose'),
    call('profile unseal', 'renamed'),
    call('profile unseal', secret),
    call('build', '--base', 'claude-setup-test/none:none', '--no-cache'),
    call('build', '--extra-host', secret),
    call('login', 'dev'),
    call('login', secret, '--plain'),
    call('demo'),
    call('demo', '--screen', secret),
    call('completions', 'bash'),
    call('completions', secret),
    call('complete', 'profiles'),
    call('complete', 'snapshots', '--', 'claude-setup', 'rollback', secret),
    call('support', '--output', at('support.json'), '--yes', '--json'),
    call('support', '--output', at('support.json'), '--yes'),
    call('support', `--${secret}`),
    call('profile remove', 'renamed', '--purge', '--yes'),
    call('profile remove', secret, '--yes'),
  ];
};
