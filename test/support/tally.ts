import { tableLines } from '../../src/cli/table.ts';
import { reportTrials } from './soak.ts';

/** How many trials were made of what, by the kind of fault, and how many of them lost something. */
export interface Tally {
  /** `steps` is how many there were to fail at. */
  add(what: string, fault: string, trials: number, steps: number): void;
  /** Something was lost in a trial. */
  lose(what: string): void;
  /** Prints it as one table. */
  print(): void;
}

export const createTally = (title: string): Tally => {
  const rows = new Map<string, { readonly trials: Map<string, number>; steps: number; losses: number }>();
  const rowOf = (what: string) => {
    const row = rows.get(what) ?? { trials: new Map<string, number>(), steps: 0, losses: 0 };
    rows.set(what, row);
    return row;
  };
  return {
    add(what, fault, trials, steps) {
      const row = rowOf(what);
      row.trials.set(fault, (row.trials.get(fault) ?? 0) + trials);
      row.steps = Math.max(row.steps, steps);
    },
    lose(what) {
      rowOf(what).losses += 1;
    },
    print() {
      const faults = [...new Set([...rows.values()].flatMap(({ trials }) => [...trials.keys()]))];
      const sum = (of: (row: ReturnType<typeof rowOf>) => number) =>
        String([...rows.values()].reduce((total, row) => total + of(row), 0));
      const cells = [...rows].map(([what, { trials, steps, losses }]) => [
        what,
        String(steps),
        ...faults.map((fault) => String(trials.get(fault) ?? 0)),
        String(losses),
      ]);
      const total = [
        'all',
        sum(({ steps }) => steps),
        ...faults.map((fault) => sum(({ trials }) => trials.get(fault) ?? 0)),
        sum(({ losses }) => losses),
      ];
      console.log(
        [
          `${title}: trials by fault`,
          ...tableLines(['change', 'steps', ...faults, 'losses'], [...cells, total]),
        ].join('\n'),
      );
      const trials = sum((row) => [...row.trials.values()].reduce((all, some) => all + some, 0));
      reportTrials(`${title}: ${trials}, of which ${sum(({ losses }) => losses)} lost something`);
    },
  };
};
