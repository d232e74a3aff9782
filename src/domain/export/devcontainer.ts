import { applyCommand, comments, configDirectory, type ExportFormat, limits } from './export-format.ts';

/** A development container. */
export const devcontainer: ExportFormat = {
  format: 'devcontainer',
  summary: 'VS Code and other dev containers',
  options: ['to', 'image', 'service'],
  names: /^[a-zA-Z0-9][\w.-]{0,62}$/,
  holdsToken: false,
  render: (input) => {
    const { profile, directory, image, service } = input;
    const configuration = {
      name: service,
      image,
      initializeCommand: applyCommand(input),
      containerUser: 'node',
      remoteUser: 'node',
      overrideCommand: true,
      init: true,
      securityOpt: ['no-new-privileges'],
      runArgs: ['--cap-drop=ALL', `--pids-limit=${limits.processes}`, `--memory=${limits.memory}`],
      containerEnv: { CLAUDE_CONFIG_DIR: configDirectory },
      mounts: [{ type: 'bind', source: directory, target: configDirectory }],
    };
    const lines = [
      ...comments('//', [
        `Claude with the login of the profile ${profile}. No token is in this file. Before each start a lease of the login is published on this machine, by initializeCommand. In a container that runs for hours, this keeps it fresh:`,
        `  claude-setup watch ${profile}`,
      ]),
      JSON.stringify(configuration, null, 2),
      '',
    ];
    return [{ name: 'devcontainer.json', content: lines.join('\n') }];
  },
};
