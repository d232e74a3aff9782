import type { Start } from '../../src/tui/app.tsx';
import { usualMarginMs } from '../../src/usecases/refresh.ts';
import { home } from './fake-world.ts';
import { keys } from './open-app.tsx';

/** Every screen that can be opened. */
export const starts: Readonly<Record<Exclude<Start['screen'], 'practice'>, Start>> = {
  wizard: { screen: 'wizard', profile: 'dev', runtime: 'docker' },
  dashboard: { screen: 'dashboard' },
  picker: { screen: 'picker' },
  run: {
    screen: 'run',
    profiles: [{ name: 'dev', authDir: `${home}/.claude-auth-dev`, runtime: 'docker', leaveOut: null }],
  },
  watch: {
    screen: 'watch',
    input: {
      names: [],
      marginMs: usualMarginMs,
      intervalMs: 60_000,
      seed: null,
      onChange: 'true',
      metricsFile: '/metrics.prom',
    },
  },
  troubleshoot: { screen: 'troubleshoot', profile: 'dev', failure: null },
};

const typable = [keys.enter, keys.enter, keys.down, keys.up, keys.tab, ...'abcdefghilmnoprstuvwxy?/ 1'];

/** The same keys every time, and other ones with another seed (xorshift). */
export const randomKeys = (seed: number, count: number): readonly string[] => {
  let state = seed * 2654435761 + 1;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return typable[Math.abs(state) % typable.length] ?? keys.enter;
  });
};
