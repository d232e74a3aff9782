import type { LeaseFiles } from '../lease.ts';
import type { Owner } from '../publication.ts';
import { shellQuoted } from '../shell.ts';

/** What every format is made from. No token is in it. */
export interface ExportInput {
  readonly profile: string;
  /** Absolute path of the directory that `apply` publishes a lease into. */
  readonly directory: string;
  /** Whom the files in it belong to, and so who runs in the containers. */
  readonly owner: Owner;
  /** Whether the files have to be given to the owner, which only root can do. */
  readonly givenAway: boolean;
  readonly image: string;
  /** What the service, container or workload is called. */
  readonly service: string;
  /** The Kubernetes namespace; null for the current one. */
  readonly namespace: string | null;
  /** How this program is called: the words of a command, the program's path absolute. */
  readonly program: readonly string[];
  /** What this program needs in its environment to find the same settings and engine. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface ExportFile {
  /** What to call it, when nobody says. */
  readonly name: string;
  readonly content: string;
}

/** Options of the command that make a difference to a format. */
export type ExportOption = 'to' | 'image' | 'service' | 'namespace' | 'push';

interface Described {
  readonly format: string;
  /** What it is for, in a few words. */
  readonly summary: string;
  readonly options: readonly ExportOption[];
  /** What a service may be called there. */
  readonly names: RegExp;
}

/** One way to use a profile elsewhere. */
export type ExportFormat = Described &
  (
    | { readonly holdsToken: false; readonly render: (input: ExportInput) => readonly ExportFile[] }
    /** An access token is in what it makes, and never a refresh token: a lease has none. */
    | {
        readonly holdsToken: true;
        readonly render: (input: ExportInput, lease: LeaseFiles) => readonly ExportFile[];
      }
  );

/** Where the setup image has its config directory (source: docker/Dockerfile.claude-setup). */
export const configDirectory = '/home/node/.claude';

/** The limits of every container that we describe (source: design, "Containers"). */
export const limits = { processes: 512, memory: '2g', kubernetesMemory: '2Gi' } as const;

/** The image that `claude-setup build` keeps up to date. */
export const setupImage = 'claude-setup:latest';

/** `uid:gid`. */
export const ownerText = ({ uid, gid }: Owner): string => `${uid}:${gid}`;

/** The command that publishes a lease into the directory. */
export const applyCommand = ({ profile, directory, owner, givenAway }: ExportInput): readonly string[] => [
  'claude-setup',
  'apply',
  profile,
  '--to',
  directory,
  ...(givenAway ? ['--owner', ownerText(owner)] : []),
];

const commentWidth = 73;

/** Prose as comments, wrapped at its spaces; a paragraph that begins with a space is a command and stays one line. */
export const comments = (mark: string, paragraphs: readonly string[]): readonly string[] =>
  paragraphs.flatMap((paragraph) => {
    if (paragraph.startsWith(' ')) return [`${mark} ${paragraph}`];
    const lines: string[] = [];
    for (const word of paragraph.split(' ')) {
      const longer = `${lines.at(-1)} ${word}`;
      if (lines.length > 0 && longer.length <= commentWidth) lines[lines.length - 1] = longer;
      else lines.push(`${mark} ${word}`);
    }
    return lines;
  });

/** How a lease gets into the directory that `what` mounts, and is kept fresh there, as comments. */
export const publishFirst = (input: ExportInput, what: string): readonly string[] =>
  comments('#', [
    `Claude with the login of the profile ${input.profile}. No token is in this ${what}. Publish a lease of the login first:`,
    `  ${applyCommand(input).map(shellQuoted).join(' ')}`,
    'While containers use it, this keeps it fresh; they see a new lease without a restart:',
    `  claude-setup watch ${input.profile}`,
  ]);

/** Several files one after the other, each under its name. */
export const asOneText = (files: readonly ExportFile[]): string =>
  files.length === 1
    ? (files[0]?.content ?? '')
    : files.map(({ name, content }) => `# ---- ${name}\n${content}`).join('\n');
