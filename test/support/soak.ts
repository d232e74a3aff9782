/** Whether every trial is to be made (`CLAUDE_SETUP_SOAK=1`), which takes minutes, and not only as many as a quick run allows. */
export const soak = process.env.CLAUDE_SETUP_SOAK === '1';

/**
 * How long a test of many trials may take, in milliseconds. A soak on a busy machine takes as long as it takes: one that is given
 * up goes on, in the place of the next one.
 */
export const soakLimitMs = soak ? 3 * 3600_000 : 600_000;

/** The distance between the trials of a long row: 1 in a soak. */
export const stride = (quick: number): number => (soak ? 1 : quick);

/** Prints how many trials were made, where that is what the run is for. */
export const reportTrials = (text: string): void => {
  if (soak) console.log(`trials: ${text}`);
};

/** What random trials begin with: another one each time, or `CLAUDE_SETUP_TEST_SEED` to make those of a failed run again. */
export const seed = Number(process.env.CLAUDE_SETUP_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
