import { configDirectory, type ExportFormat, limits, ownerText, publishFirst } from './export-format.ts';

/** A YAML scalar in JSON's quotes, which YAML reads the same. A dollar would be a variable of Compose. */
const scalar = (text: string): string => JSON.stringify(text.replaceAll('$', '$$$$'));

/** A service of a compose file. */
export const compose: ExportFormat = {
  format: 'compose',
  summary: 'a service in a compose file',
  options: ['to', 'image', 'service'],
  names: /^[a-zA-Z0-9][\w.-]{0,62}$/,
  holdsToken: false,
  render: (input) => {
    const { directory, owner, image, service } = input;
    const lines = [
      ...publishFirst(input, 'file'),
      'services:',
      `  ${scalar(service)}:`,
      `    image: ${scalar(image)}`,
      '    command: ["claude"]',
      '    # Whoever owns the published directory.',
      `    user: "${ownerText(owner)}"`,
      '    init: true',
      '    stdin_open: true',
      '    tty: true',
      '    cap_drop: ["ALL"]',
      '    security_opt: ["no-new-privileges:true"]',
      `    pids_limit: ${limits.processes}`,
      `    mem_limit: ${limits.memory}`,
      '    environment:',
      `      CLAUDE_CONFIG_DIR: ${configDirectory}`,
      '    volumes:',
      '      - type: bind',
      `        source: ${scalar(directory)}`,
      `        target: ${configDirectory}`,
      '        # Safe for a lease. Without this line the CLI keeps its history there.',
      '        read_only: true',
      '        bind:',
      "          # One that Docker makes would be empty, and root's.",
      '          create_host_path: false',
      '',
    ];
    return [{ name: 'compose.claude.yaml', content: lines.join('\n') }];
  },
};
