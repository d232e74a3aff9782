import { createHash } from 'node:crypto';
import type { ImageSettings } from './config.ts';
import { fail, ok, type Result } from './failure.ts';

/** Labels of a setup image. */
export const imageLabels = {
  /** The hash of everything that the image was built from. */
  hash: 'claude-setup.hash',
  /** The version that the CLI in the image gave when asked. An image without it was built and never proved to run. */
  cliVersion: 'claude-setup.cli-version',
} as const;

/** The tag that people use by hand; it moves to every newly built image. */
export const latestTag = 'claude-setup:latest';

/** A file of the build context. */
export interface ContextFile {
  /** Relative to the context's root, with `/`. */
  readonly path: string;
  /** Permission bits such as 0o644. */
  readonly mode: number;
  readonly content: Uint8Array;
}

/**
 * A hash of what ends up in the image, 12 hexadecimal digits: base, CLI version and the context. Proxies and extra hosts
 * are left out, because they only matter while it is built.
 */
export const imageHash = (settings: ImageSettings, files: readonly ContextFile[]): string => {
  const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
  const inputs = [
    settings.base,
    settings.cliVersion,
    files
      .map(({ path, mode, content }) => [path, mode, sha256(content)] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return sha256(JSON.stringify(inputs)).slice(0, 12);
};

/** The build arguments. The proxies are predefined ones of Docker's, which leave no trace in the image's history. */
export const imageBuildArgs = (settings: ImageSettings): Readonly<Record<string, string>> => {
  const given: Record<string, string | null> = {
    BASE_IMAGE: settings.base,
    CLAUDE_CLI_VERSION: settings.cliVersion,
    HTTP_PROXY: settings.httpProxy,
    HTTPS_PROXY: settings.httpsProxy,
    NO_PROXY: settings.noProxy,
  };
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== null),
  );
};

/** Checks a CLI version: an exact one or `latest`, because npm resolves anything else to different versions on different Nodes. */
export const imageCliVersion = (version: string): Result<string> =>
  version === 'latest' || /^\d{1,5}\.\d{1,5}\.\d{1,5}(?:-[0-9A-Za-z.-]{1,40})?$/.test(version)
    ? ok(version)
    : fail(
        'usage',
        'The setup image needs another CLI version',
        `${JSON.stringify(version.slice(0, 60))} is neither an exact version nor "latest"`,
        'give one such as 2.1.330: `claude-setup build --cli-version VERSION`',
      );

/** The version in what `claude --version` prints, such as `2.1.330 (Claude Code)`; null when there is none. */
export const printedCliVersion = (output: string): string | null =>
  /^(\d+\.\d+\.\d+\S*)/.exec(output.trim())?.[1] ?? null;
