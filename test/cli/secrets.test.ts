import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createDebugLog } from '../../src/adapters/log/debug-log.ts';
import { commands } from '../../src/cli/commands.ts';
import { redact } from '../../src/domain/redact.ts';
import { withLog } from '../../src/log-ports.ts';
import { canarySecrets, findSecrets, type Hit, needlesOf } from '../support/canary.ts';
import { type CommandCall, everyCommand } from '../support/every-command.ts';
import { hostilePorts } from '../support/hostile-ports.ts';
import { reportTrials } from '../support/soak.ts';
import { temporary } from '../support/temporary.ts';
import { createFakeWorld, home, putLogin, startOfTest } from '../tui/fake-world.ts';
import { runCli } from './run-cli.ts';

const secrets = canarySecrets();
const authDir = `${home}/.claude-hub`;
const loginDir = `${home}/.claude-old`;
const calls = everyCommand({ root: home, authDir, loginDir, secret: secrets.longLivedToken });

/** Two directories with the login: that of the profile `dev`, and one of nobody's. */
const makeWorld = () => {
  const world = createFakeWorld();
  world.addImage();
  world.addProfile('dev', { authDir });
  for (const directory of [authDir, loginDir]) {
    putLogin(world.store.directory(directory));
    const claudeAiOauth = {
      accessToken: secrets.accessToken,
      refreshToken: secrets.refreshToken,
      expiresAt: startOfTest + 8 * 3600_000,
      scopes: ['user:inference', 'user:profile'],
      subscriptionType: 'max',
    };
    world.store.directory(directory).set('.credentials.json', JSON.stringify({ claudeAiOauth }));
  }
  for (const runtime of [world.runtime, world.sandbox]) runtime.plays((job) => job.end());
  world.logged = [`{"why":"${secrets.code}"}`, `Bearer ${secrets.accessToken}`];
  return world;
};

/** Runs a call with the log on while one of the ports' calls goes wrong; what of the secrets is anywhere then. */
const trial = async (
  { argv, givesToken }: CommandCall,
  at: string | null,
  how: 'fails' | 'throws',
  logFile: string,
): Promise<{ readonly called: ReadonlySet<string>; readonly hits: readonly Hit[] }> => {
  const world = makeWorld();
  const called = new Set<string>();
  const ports = hostilePorts(world.ports, { at, how, secret: secrets.refreshToken }, called);
  const log = createDebugLog({ file: logFile, clock: world.ports.clock, rotateAt: Number.POSITIVE_INFINITY });
  // What waits for a clock or a program that stands still is ended.
  const limit = AbortSignal.timeout(500);
  const ended = new Promise<string>((resolve) => limit.addEventListener('abort', () => resolve('no end')));
  const run = runCli(ports, argv, {
    debug: true,
    openLog: () => ({ ports: withLog(ports, log), log }),
    input: '',
    signal: limit,
  }).then(
    ({ stdout, stderr }) => [stdout, stderr] as const,
    // As `run.ts` tells it.
    (error) => ['', redact(inspect(error))] as const,
  );
  const [stdout = '', stderr = ''] = await Promise.race([run, ended.then((text) => ['', text])]);
  const never = needlesOf(Object.values(secrets));
  const asked = needlesOf([secrets.refreshToken, secrets.longLivedToken, secrets.code]);
  const written = [...world.written].map(([path, text]) => `${path}\n${text}`).join('\n');
  const hooks = JSON.stringify(world.hookRuns);
  const where = `${argv.join(' ')} where ${at} ${how}`;
  return {
    called,
    hits: [
      ...findSecrets(`stdout of ${where}`, stdout, givesToken ? asked : never),
      ...findSecrets(`written by ${where}`, written, givesToken ? asked : never),
      ...findSecrets(`stderr of ${where}`, stderr, never),
      ...findSecrets(`hooks of ${where}`, hooks, never),
      ...findSecrets(`settings after ${where}`, JSON.stringify(world.config), never),
    ],
  };
};

it('every command is called here', () => {
  const called = new Set(calls.map(({ words }) => words));
  expect([...called].toSorted()).toEqual(commands.map(({ words }) => words).toSorted());
});

describe('no secret comes out, whatever goes wrong', () => {
  it.each(commands.map(({ words }) => words))(
    '%s',
    async (words) => {
      const { root } = await temporary();
      const logFile = `${root}/debug.log`;
      let trials = 0;
      for (const call of calls.filter((one) => one.words === words)) {
        const whole = await trial(call, null, 'fails', logFile);
        expect(whole.hits).toEqual([]);
        for (const at of whole.called) {
          for (const how of ['fails', 'throws'] as const) {
            expect((await trial(call, at, how, logFile)).hits).toEqual([]);
            trials += 1;
          }
        }
      }
      const log = await readFile(logFile, 'utf8').catch(() => '');
      expect(findSecrets('the log', log, needlesOf(Object.values(secrets)))).toEqual([]);
      if (words !== 'complete' && words !== 'completions') expect(log).toContain('"event":"command"');
      reportTrials(`${words}: ${trials} of the ports' calls went wrong`);
    },
    60_000,
  );
});
