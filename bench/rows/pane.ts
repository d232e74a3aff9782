import { openPane, openRaw } from '../pane.ts';
import { type OnTerminal, onTerminal, processorTime, residentMemory } from '../processes.ts';
import type { Row } from '../row.ts';
import { inTurns, timed } from '../samples.ts';
import type { World } from '../world.ts';

/** Letters that no screen of ours shows, so that each one seen is the one that was typed. */
const letters = ['ø', 'ł', 'đ', 'ħ', 'ŋ', 'ŧ', 'þ', 'ß', 'æ', 'œ'];

const typist = (terminal: OnTerminal) => {
  let typed = 0;
  return async (): Promise<number> => {
    const letter = letters[typed % letters.length] ?? '';
    typed += 1;
    const start = performance.now();
    terminal.type(letter);
    const seen = await terminal.waitFor(letter);
    // One line at a time, as a person types.
    if (typed % letters.length === 0) {
      terminal.type('\u0015');
      await pause(50);
    }
    await pause(20);
    return seen - start;
  };
};

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const flood = (megabytes: number, word: string) =>
  `yes 'The quick brown fox jumps over the lazy dog, and 0123456789 are the digits.' | head -c ${megabytes}000000; printf '${word.slice(0, 3)}%s\\n' ${word.slice(3)}\r`;

const floodThrough = (terminal: OnTerminal, megabytes: number): Promise<number> =>
  timed(async () => {
    terminal.type(flood(megabytes, 'flood-is-over'));
    await terminal.waitFor('flood-is-over', 600_000);
  });

const inPane = async <T>(world: World, work: (pane: OnTerminal) => Promise<T>): Promise<T> => {
  const pane = await openPane(world);
  try {
    return await work(pane);
  } finally {
    await pane.end();
  }
};

export const paneRows: readonly Row[] = [
  {
    name: 'keystroke',
    what: 'a keystroke through the pane and back',
    against: 'the same shell on a bare terminal',
    unit: 'ms',
    comparison: 'difference',
    limit: 10,
    measure: (world) =>
      inPane(world, async (pane) => {
        const raw = await openRaw(world);
        try {
          const before = pane.bytes();
          const { ours, reference } = await inTurns(world.rounds * 10, {
            ours: typist(pane),
            reference: typist(raw),
          });
          const each = (pane.bytes() - before) / (world.rounds * 10 + 1);
          return { ours, reference, note: `${Math.round(each)} bytes a key are written` };
        } finally {
          await raw.end();
        }
      }),
  },
  {
    name: 'flood',
    what: '100 MB of output through the pane',
    against: 'node-pty straight to us',
    unit: 'ms',
    comparison: 'ratio',
    limit: 2,
    measure: (world) =>
      inPane(world, async (pane) => {
        const raw = await openRaw(world);
        try {
          const { ours, reference } = await inTurns(Math.min(world.rounds, 3), {
            ours: () => floodThrough(pane, 100),
            reference: () => floodThrough(raw, 100),
          });
          return { ours, reference };
        } finally {
          await raw.end();
        }
      }),
  },
  {
    name: 'flood-memory',
    what: 'growth of memory over 400 MB more, after 100 MB through the pane',
    against: '',
    unit: 'MB',
    comparison: 'itself',
    limit: 20,
    measure: (world) =>
      inPane(world, async (pane) => {
        await floodThrough(pane, 100);
        const after100 = await residentMemory(pane.pid);
        await floodThrough(pane, 400);
        return { ours: [(await residentMemory(pane.pid)) - after100] };
      }),
  },
  {
    name: 'wizard-memory',
    what: 'memory in the wizard, first screen',
    against: '',
    unit: 'MB',
    comparison: 'itself',
    limit: 120,
    async measure({ program, home, rounds }) {
      const env = await home(0);
      const take = async () => {
        const wizard = onTerminal(program, env);
        try {
          await wizard.waitFor('Engine');
          await pause(3000);
          return await residentMemory(wizard.pid);
        } finally {
          await wizard.end();
        }
      };
      return { ours: (await inTurns(Math.min(rounds, 5), { take })).take };
    },
  },
  {
    name: 'session-memory',
    what: 'memory in the wizard, with a session in the pane',
    against: '',
    unit: 'MB',
    comparison: 'itself',
    limit: 120,
    measure: (world) =>
      inPane(world, async (pane) => {
        await pause(3000);
        return { ours: [await residentMemory(pane.pid)] };
      }),
  },
  {
    name: 'waiting',
    what: 'processor time of the live checks while a session waits',
    against: '',
    unit: '%',
    comparison: 'itself',
    limit: 1,
    measure: (world) =>
      inPane(world, async (pane) => {
        await pause(5000);
        const take = async () => {
          const [start, before] = [performance.now(), await processorTime(pane.pid)];
          await pause(5000);
          return (100 * ((await processorTime(pane.pid)) - before)) / (performance.now() - start);
        };
        return { ours: (await inTurns(world.rounds, { take })).take, note: 'the files of the sandbox' };
      }),
  },
];
