import { comments, type ExportFormat } from './export-format.ts';

/** A word of ExecStart= or Environment= (source: systemd.service(5), "Command lines"; systemd.unit(5), "Specifiers"). */
const word = (text: string): string => {
  const plain = text.replaceAll('%', '%%').replaceAll(/["\\]/g, String.raw`\$&`);
  return /[\s"'\\;]/.test(text) ? `"${plain}"` : plain;
};

/** In ExecStart= a dollar begins a variable, in Environment= it does not. */
const commandWord = (text: string): string => word(text.replaceAll('$', '$$$$'));

/** A user's service and timer that keep the login fresh. */
export const systemd: ExportFormat = {
  format: 'systemd',
  summary: 'a timer that keeps the login fresh',
  options: [],
  names: /^/,
  holdsToken: false,
  render: ({ profile, program, environment }) => {
    const unit = `claude-setup-watch-${profile}`;
    const service = [
      ...comments('#', [
        'Put both files into ~/.config/systemd/user, then:',
        `  systemctl --user daemon-reload && systemctl --user enable --now ${unit}.timer`,
        'So that it goes on while you are not logged in: loginctl enable-linger',
        'It fails when the profile needs a person: systemctl --user --failed',
      ]),
      '[Unit]',
      `Description=Keep the Claude login of the profile ${profile} fresh`,
      '',
      '[Service]',
      'Type=oneshot',
      `ExecStart=${[...program, 'watch', profile, '--once'].map(commandWord).join(' ')}`,
      ...Object.entries(environment).map(([name, value]) => `Environment=${word(`${name}=${value}`)}`),
      'TimeoutStartSec=15min',
      'UMask=0077',
      'NoNewPrivileges=yes',
      'LockPersonality=yes',
      'RestrictRealtime=yes',
      'RestrictSUIDSGID=yes',
      'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK',
      'SystemCallArchitectures=native',
      '',
    ];
    const timer = [
      '[Unit]',
      `Description=Every quarter of an hour: keep the Claude login of the profile ${profile} fresh`,
      '',
      '[Timer]',
      'OnCalendar=*:0/15',
      'RandomizedDelaySec=2min',
      '# Also at once after the machine was off or asleep.',
      'Persistent=true',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ];
    return [
      { name: `${unit}.service`, content: service.join('\n') },
      { name: `${unit}.timer`, content: timer.join('\n') },
    ];
  },
};
