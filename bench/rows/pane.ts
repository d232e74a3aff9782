import { openContainer, openPane, openRaw, openScript } from '../pane.ts';
import { type OnTerminal, onTerminal, processorTime, residentMemory } from '../processes.ts';
import type { Row } from '../row.ts';
import { inTurns, timed } from '../samples.ts';
import type { World } from '../world.ts';

/** Letters that no screen of ours shows, so that each one seen is the one that was typed. */
const letters = ['ø', 'ł', 'đ', 'ħ', 'ŋ', 'ŧ', 'þ', 'ß', 'æ', 'œ', 'ð'];

/** One less, so that no letter stands where the same one stood on the line before: it would not be drawn again. */
const lineLength = 10;

const typist = (terminal: OnTerminal) => {
  let typed = 0;
  return async (): Promise<number> => {
    const letter = letters[typed % letters.length] ?? '';
    typed += 1;
    const start = performance.now();
    terminal.type(letter);
    const seen = await terminal.waitFor(letter);
    // One line at a time, as a person types.
    if (typed % lineLength === 0) {
      terminal.type('\u0015');
      await pause(50);
    }
    await pause(20);
    return seen - start;
  };
};

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Put together by the shell, so that the question does not hold the answer. */
const flood = (megabytes: number, mark: string) =>
  `yes 'The quick brown fox jumps over the lazy dog, and 0123456789 are the digits.' | head -c ${megabytes}000000; printf '%s%s\\n' ${mark} ${mark}\r`;

/** Letters that neither the flood has nor the end of the one before: what stands there already would not be drawn again. */
const marks = 'ABCDEFGHIJKLMNOP';
let floods = 0;

const floodThrough = (terminal: OnTerminal, megabytes: number): Promise<number> => {
  // Each ends with a word of its own: that of the last one is still on the screen, and is drawn again when it scrolls.
  const mark = marks.charAt(floods % marks.length).repeat(4);
  floods += 1;
  return timed(async () => {
    terminal.type(flood(megabytes, mark));
    await terminal.waitFor(mark.repeat(2), 60_000);
  });
};

const inPane = async <T>(world: World, work: (pane: OnTerminal) => Promise<T>): Promise<T> => {
  const pane = await openPane(world);
  try {
    return await work(pane);
  } finally {
    await pane.end();
  }
};

/** A keystroke through the pane, in turns with one through another terminal. */
const keystrokeRow = (
  row: Pick<Row, 'name' | 'against' | 'limit'>,
  openReference: (world: World) => Promise<OnTerminal>,
): Row => ({
  ...row,
  what: 'a keystroke through the pane and back',
  unit: 'ms',
  reason:
    'with more processes than cores it is the wait for a core; the processor time beside it is what the pane takes',
  comparison: 'difference',
  measure: async (world) => {
    const other = await openReference(world);
    try {
      return await inPane(world, async (pane) => {
        const keys = world.rounds * 10;
        const [bytes, time] = [pane.bytes(), await processorTime(pane.pid)];
        const samples = await inTurns(keys, { ours: typist(pane), reference: typist(other) });
        const [bytesEach, timeEach] = [
          (pane.bytes() - bytes) / (keys + 1),
          ((await processorTime(pane.pid)) - time) / (keys + 1),
        ];
        return {
          ...samples,
          note: `${Math.round(bytesEach)} bytes a key are written, in ${timeEach.toFixed(1)} ms of processor time`,
        };
      });
    } finally {
      await other.end();
    }
  },
});

export const paneRows: readonly Row[] = [
  keystrokeRow({ name: 'keystroke', against: 'raw `docker run -it` of a shell', limit: 10 }, openContainer),
  keystrokeRow({ name: 'keystroke-script', against: 'the same shell below `script`', limit: 10 }, openScript),
  keystrokeRow({ name: 'keystroke-bare', against: 'the same shell on a bare terminal', limit: 10 }, openRaw),
  {
    name: 'flood',
    what: '100 MB of output through the pane',
    against: 'node-pty straight to us',
    unit: 'ms',
    comparison: 'ratio',
    limit: 2,
    reason:
      'every byte goes through the emulator, so that tokens are masked and nothing a session writes reaches the terminal; the emulator alone takes 1.7 times as long',
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
