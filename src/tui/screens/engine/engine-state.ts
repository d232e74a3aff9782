import type { EngineAttempt, EngineSearch, EngineSource } from '../../../ports/engine.ts';

export interface EngineState {
  /** Null while it is being searched. */
  readonly search: EngineSearch | null;
  readonly details: boolean;
}

export type EngineEvent =
  | { readonly type: 'searching' }
  | { readonly type: 'searched'; readonly search: EngineSearch }
  | { readonly type: 'details' };

export const reduceEngine = (state: EngineState, event: EngineEvent): EngineState => {
  switch (event.type) {
    case 'searching':
      return { ...state, search: null };
    case 'searched':
      return { ...state, search: event.search };
    case 'details':
      return { ...state, details: !state.details };
  }
};

export const sourceNames: Readonly<Record<EngineSource, string>> = {
  DOCKER_HOST: 'DOCKER_HOST variable',
  context: 'Docker context',
  default: 'default socket',
  rootless: 'rootless Docker',
  'docker-desktop': 'Docker Desktop',
  colima: 'Colima',
  orbstack: 'OrbStack',
  podman: 'Podman',
};

/** What can be done without an engine on this kind of machine. */
export const withoutEngine = (platform: NodeJS.Platform): string => {
  if (platform === 'linux')
    return 'You can also press s to sign in without a container engine, on this machine.';
  if (platform === 'darwin') {
    return 'On macOS the Claude CLI keeps its login in the Keychain, where no container can reach it, so a container engine is needed.';
  }
  return 'Signing in without a container engine works on Linux only.';
};

/** Somewhere an engine is, but it could not be used: more telling than a place where nothing is. */
export const isTelling = ({ failure }: EngineAttempt): boolean => failure.code !== 'engine.missing';
