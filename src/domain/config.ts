import type { Profile } from './profile.ts';
import type { Publication } from './publication.ts';
import type { SavedAnswers } from './wizard/steps.ts';

/** Settings of the setup image. What ends up in the image is part of its hash: the base, the CLI version, the CA file's content. */
export interface ImageSettings {
  /** The base image, which needs glibc, Node and npm. */
  readonly base: string;
  /** An exact version of `@anthropic-ai/claude-code`, or `latest`. */
  readonly cliVersion: string;
  /** Absolute path of a PEM file with extra certificate authorities, for networks that intercept TLS. */
  readonly caFile: string | null;
  readonly httpProxy: string | null;
  readonly httpsProxy: string | null;
  readonly noProxy: string | null;
  /** `name:address` lines for /etc/hosts of the build and of the containers. */
  readonly extraHosts: readonly string[];
}

/** The whole configuration as the settings port hands it out. */
export interface Config {
  readonly version: 1;
  readonly defaultProfile: string | null;
  /** In the order they were added. */
  readonly profiles: readonly Profile[];
  readonly image: ImageSettings;
  /** Hosts whose sign-in links are taken, instead of the provider's; absent for those. */
  readonly signInHosts?: readonly string[];
  /** The answers of a wizard that was left before its end; null or absent when there is none to go on with. */
  readonly wizard?: SavedAnswers | null;
  /** Directories that `apply` keeps fresh; absent for none. */
  readonly publications?: readonly Publication[];
}

/** The CLI version this release was tested with. */
export const testedCliVersion = '2.1.330';

/** Whether a line is `name:address`, as the engine wants it for /etc/hosts. */
export const isExtraHost = (line: string): boolean => /^[^:\s]+:\S+$/.test(line);

export const defaultImageSettings: ImageSettings = {
  base: 'node:24-bookworm-slim',
  cliVersion: testedCliVersion,
  caFile: null,
  httpProxy: null,
  httpsProxy: null,
  noProxy: null,
  extraHosts: [],
};

export const emptyConfig: Config = {
  version: 1,
  defaultProfile: null,
  profiles: [],
  image: defaultImageSettings,
};
