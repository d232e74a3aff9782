import { createPorts } from '../../src/compose.ts';
import { startSignIn } from '../../src/usecases/sign-in.ts';
import { loginText } from '../../test/support/logins.ts';
import { docker, engineWithBase, shellImage } from '../engine.ts';
import type { Row } from '../row.ts';
import { inTurns } from '../samples.ts';

const size = { columns: 80, rows: 24 };

export const signInRows: readonly Row[] = [
  {
    name: 'live-check',
    what: 'credentials are in place in the container → their check has turned',
    against: '',
    unit: 'ms',
    comparison: 'itself',
    limit: 500,
    async measure({ rounds, home }) {
      const engine = await engineWithBase();
      const env = await home(0);
      const ports = createPorts({ env, platform: process.platform });
      const { signal } = new AbortController();
      const profile = { name: 'dev', authDir: `${env.HOME}/dev`, runtime: 'docker', leaveOut: null } as const;
      return shellImage(engine, async (plan) => {
        const runtime = ports.runtimes.docker(engine, plan);
        const take = async () => {
          const started = await startSignIn(ports, { runtime, profile, method: 'shell', size }, signal);
          if (!started.ok) throw new Error(`${started.failure.what}: ${started.failure.why}`);
          const signIn = started.value;
          try {
            const turned = new Promise<number>((resolve) => {
              signIn.subscribe(() => {
                const { findings = [] } = signIn.state.report ?? {};
                if (findings.some(({ id, status }) => id === 'token.expiry' && status === 'pass'))
                  resolve(performance.now());
              });
            });
            const container = await docker(
              'ps',
              '-q',
              '--no-trunc',
              '--filter',
              `ancestor=${plan.reference}`,
            );
            await docker('exec', container, 'sh', '-c', `printf %s '${loginText('a')}' > /tmp/login`);
            const place = '/home/node/.claude/.credentials.json';
            // The move is seen at the end of \`docker exec\` at the latest, so this is rather too much.
            const moved = performance.now();
            await docker('exec', container, 'mv', '/tmp/login', place);
            return (await turned) - moved;
          } finally {
            await signIn.abandon();
          }
        };
        return {
          ours: (await inTurns(rounds, { take })).take,
          note: 'with the start of the `docker exec` that puts them there',
        };
      });
    },
  },
];
