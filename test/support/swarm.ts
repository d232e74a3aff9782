import { makeOwnEngine, type OwnEngine, whyNoOwnEngine } from './own-engine.ts';

/** A swarm of one node on an engine of its own, which touches nothing of the machine's. */
export type TestSwarm = Pick<OwnEngine, 'host' | 'docker' | 'copyImage' | 'close'>;

/** Why no engine of its own can be started here, or null when it can. */
export const whyNoSwarm = whyNoOwnEngine;

/** Starts an engine in a network of its own, with nothing on it but loopback, and makes it a swarm. */
export const startSwarm = async (): Promise<TestSwarm> => {
  const engine = await makeOwnEngine();
  try {
    await engine.start('--bridge', 'none');
    await engine.docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  } catch (error) {
    await engine.close();
    throw new Error('the swarm did not start', { cause: error });
  }
  return engine;
};
