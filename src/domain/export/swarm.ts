import { shellQuoted } from '../shell.ts';
import {
  comments,
  configDirectory,
  type ExportFormat,
  limits,
  ownerText,
  setupImage,
} from './export-format.ts';
import { swarmLabels } from './versions.ts';

/** A service of a Docker swarm whose secrets `--push` keeps up to date. */
export const swarm: ExportFormat = {
  format: 'swarm',
  summary: 'secrets and services of a Docker swarm',
  options: ['image', 'service', 'push'],
  names: /^[a-zA-Z0-9][\w.-]{0,62}$/,
  holdsToken: false,
  render: ({ profile, image, service }) => {
    const push = ['claude-setup', 'export', profile, '--format', 'swarm', '--push'].join(' ');
    const words: readonly (readonly string[])[] = [
      ['docker', 'service', 'create', '--name', service, '--replicas', '0'],
      ['--label', `${swarmLabels.profile}=${profile}`],
      ['--user', ownerText({ uid: 1000, gid: 1000 }), '--init', '--cap-drop', 'ALL'],
      ['--limit-pids', String(limits.processes), '--limit-memory', limits.memory],
      ['--env', `CLAUDE_CONFIG_DIR=${configDirectory}`],
      ['--update-order', 'start-first', '--update-failure-action', 'rollback', '--update-monitor', '10s'],
      [image, ...(image === setupImage ? ['sleep', 'infinity'] : [])],
    ];
    const lines = [
      ...comments('#', [
        `A service with the login of the profile ${profile}. No token is in these commands: --push makes secrets through the engine and gives them to every service that has the label. Put your own image and command here.`,
      ]),
      words.map((line) => line.map(shellQuoted).join(' ')).join(' \\\n  '),
      ...comments('#', ['Secrets first, containers after that, so that none is ever without a login:']),
      push,
      `docker service scale ${shellQuoted(service)}=1`,
      ...comments('#', [
        'From then on, on a manager of the swarm. A new lease makes new secrets and replaces the containers one by one; the old lease is still good meanwhile. Secrets that no service uses any more are removed, except the last two.',
      ]),
      `claude-setup watch ${profile} --on-change ${shellQuoted(push)}`,
      '',
    ];
    return [{ name: `claude-${profile}-swarm.sh`, content: lines.join('\n') }];
  },
};
