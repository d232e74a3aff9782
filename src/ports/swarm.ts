import type { Result } from '../domain/failure.ts';
import type { Owner } from '../domain/publication.ts';

/** A secret of a swarm. Its content can't be read back. */
export interface SwarmSecret {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A secret in a service's containers. */
export interface SecretMount {
  readonly secretId: string;
  readonly secretName: string;
  /** Absolute path, or a name below `/run/secrets`. */
  readonly target: string;
  readonly owner: Owner;
  /** Permission bits, such as 0o400. */
  readonly mode: number;
}

export interface SwarmService {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` lines of its containers. */
  readonly env: readonly string[];
  /** As the service says it, such as `1000:1000` or `node`; empty for the image's own. */
  readonly user: string;
  readonly secrets: readonly SecretMount[];
}

/** How far the last update of a service has come. */
export interface ServiceProgress {
  /** `stopped`: the swarm gave the update up and left it half done. `rolled-back`: it went back to what was before. */
  readonly state: 'under-way' | 'done' | 'stopped' | 'rolled-back';
  /** Containers that run and have exactly the secrets that the service wants now. */
  readonly ready: number;
  readonly wanted: number;
  /** What the swarm says of it; empty when it says nothing. */
  readonly message: string;
}

/** The swarm of an engine that manages one: `swarm.inactive` from every call where it does not. */
export interface Swarm {
  secrets(labels: Readonly<Record<string, string>>): Promise<Result<readonly SwarmSecret[]>>;
  /** The one of that name when it is there already, made by another process: its content is told by its name. */
  createSecret(secret: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly content: string;
  }): Promise<Result<SwarmSecret>>;
  /** Fine when it is already gone. False when a service still uses it. */
  removeSecret(id: string): Promise<Result<boolean>>;
  services(): Promise<Result<readonly SwarmService[]>>;
  /** Gives a service other secrets and leaves everything else of it as it is. The swarm replaces its containers then. */
  mountSecrets(service: string, mounts: readonly SecretMount[]): Promise<Result<void>>;
  /** Back to what the service was before its last update. */
  rollBack(service: string): Promise<Result<void>>;
  progress(service: string): Promise<Result<ServiceProgress>>;
}
