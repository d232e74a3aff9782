import { spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import { EngineLost, engineText } from './engine-errors.ts';

export interface SshTarget {
  readonly arguments: readonly string[];
  readonly socketPath: string | null;
}

/**
 * Connections through the host's own `ssh`, one each, as the docker client makes them (source: docker/cli,
 * `cli/connhelper`). So the person's keys, jump hosts and known hosts count. Never asks anything: it would ask on our screen.
 */
export class SshAgent extends Agent {
  readonly #target: SshTarget;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(target: SshTarget, env: Readonly<Record<string, string | undefined>>) {
    super({ keepAlive: false });
    this.#target = target;
    this.#env = env;
  }

  override createConnection(): Duplex {
    const { arguments: destination, socketPath } = this.#target;
    const remote = [
      'docker',
      ...(socketPath === null ? [] : ['--host', `unix://${socketPath}`]),
      'system',
      'dial-stdio',
    ];
    const options = ['-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30', '-o', 'ServerAliveInterval=15', '-T'];
    const child = spawn('ssh', [...options, ...destination, ...remote], {
      env: this.#env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => {
      complaint = (complaint + chunk.toString()).slice(-2000);
    });
    const connection = new Duplex({
      read: () => child.stdout.resume(),
      write: (chunk, _encoding, done) => child.stdin.write(chunk, () => done()),
      final: (done) => child.stdin.end(() => done()),
      destroy: (error, done) => {
        child.kill();
        done(error);
      },
    });
    // What ssh has to say comes with its end; input that it no longer takes is of no interest then.
    child.stdin.on('error', () => {});
    child.stdout.on('data', (chunk: Buffer) => {
      if (!connection.push(chunk)) child.stdout.pause();
    });
    child.once('error', (error) =>
      connection.destroy(new EngineLost(`ssh could not be started: ${error.message}`)),
    );
    child.once('close', (code) => {
      if (code === 0) connection.push(null);
      else connection.destroy(new EngineLost(`ssh: ${engineText(complaint) || `ended with ${code}`}`));
    });
    return connection;
  }
}
