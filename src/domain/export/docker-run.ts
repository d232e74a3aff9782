import { shellQuoted } from '../shell.ts';
import { configDirectory, type ExportFormat, limits, ownerText, publishFirst } from './export-format.ts';

/** A field of `--mount`, which is a line of CSV (source: docker/cli, opts/mount.go). */
const csvField = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One `docker run`. */
export const dockerRun: ExportFormat = {
  format: 'docker-run',
  summary: 'one container by hand',
  options: ['to', 'image', 'service'],
  names: /^[a-zA-Z0-9][\w.-]{1,62}$/,
  holdsToken: false,
  render: (input) => {
    const { profile, directory, owner, image, service } = input;
    const mount = ['type=bind', csvField(`source=${directory}`), `target=${configDirectory}`].join(',');
    const words: readonly (readonly string[])[] = [
      ['docker', 'run', '--rm', '--interactive', '--tty', '--init', '--name', service],
      ['--user', ownerText(owner), '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
      ['--pids-limit', String(limits.processes), '--memory', limits.memory],
      ['--env', `CLAUDE_CONFIG_DIR=${configDirectory}`],
      ['--mount', mount],
      [image, 'claude'],
    ];
    const lines = [
      ...publishFirst(input, 'command'),
      words.map((line) => line.map(shellQuoted).join(' ')).join(' \\\n  '),
      '',
    ];
    return [{ name: `claude-${profile}.sh`, content: lines.join('\n') }];
  },
};
