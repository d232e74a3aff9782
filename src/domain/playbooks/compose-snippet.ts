import { basename, dirname, join } from 'node:path/posix';
import type { MountFinding, MountFindingId } from '../mounts/mounts.ts';
import type { Picture } from './picture.ts';
import type { Fix } from './playbook.ts';

/** What another mount or variable mends. The others need a person: an override file can add and replace, but not remove. */
const mendable: readonly MountFindingId[] = [
  'mount.missing-source',
  'mount.unknown-source',
  'mount.config-dir',
];

/** The file beside a compose file that Compose reads after it by itself (source: Compose specification, "Compose file"). */
const overrideOf = (file: string): string =>
  join(dirname(file), basename(file).replace(/\.(ya?ml)$/, '.override.$1'));

/** A fix that writes an override file with corrected mounts; none where that can't mend it, or there is such a file already. */
export const composeSnippet = ({ mounts, composeFiles, profile }: Picture): readonly Fix[] => {
  const [file, ...others] = composeFiles;
  if (file === undefined || others.length > 0 || profile === null) return [];
  const found = mounts.filter(
    ({ id, mount, running }) => !running && mount !== null && mendable.includes(id),
  );
  if (found.length === 0) return [];
  const path = overrideOf(file);
  const content = snippetOf(found, profile.authDir);
  return [
    {
      label: 'write a corrected compose file',
      does: [
        `Writes ${path}, which Compose reads by itself after ${basename(file)}:`,
        ...content.trimEnd().split('\n'),
      ],
      action: { type: 'write-file', path, content },
    },
  ];
};

const snippetOf = (findings: readonly MountFinding[], authDir: string): string => {
  const services = Map.groupBy(findings, ({ service }) => service);
  const lines = [...services].flatMap(([service, found]) => {
    const { target = '' } = found[0]?.mount ?? {};
    const volumes = found.map(({ mount }) => `      - ${quoted(`${authDir}:${mount?.target}`)}`);
    return [
      `  ${quoted(service)}:`,
      '    volumes:',
      ...volumes,
      '    environment:',
      `      CLAUDE_CONFIG_DIR: ${quoted(target)}`,
    ];
  });
  return [
    '# Written by claude-setup: the login where the Claude CLI looks for it.',
    'services:',
    ...lines,
    '',
  ].join('\n');
};

/** A YAML scalar: plain where it can be, else in JSON's quotes, which YAML reads the same. A dollar would be a variable. */
const quoted = (text: string): string => {
  const escaped = text.replaceAll('$', '$$$$');
  return /^[\w./-][\w./:-]*$/.test(escaped) && !/: |:$/.test(escaped) ? escaped : JSON.stringify(escaped);
};
