import { writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { asJson, judge, markdown, type Result } from './report.ts';
import { NotHere, type Row } from './row.ts';
import { captureRows } from './rows/capture.ts';
import { imageRows } from './rows/image.ts';
import { manyProfilesRows } from './rows/many-profiles.ts';
import { paneRows } from './rows/pane.ts';
import { peerRows } from './rows/peers.ts';
import { signInRows } from './rows/sign-in.ts';
import { startRows } from './rows/start.ts';
import { openWorld } from './world.ts';

// npm run bench [-- --only NAME…] [--rounds N]: the table of docs/benchmarks, on this machine.
const rows: readonly Row[] = [
  ...startRows,
  ...signInRows,
  ...captureRows,
  ...paneRows,
  ...manyProfilesRows,
  ...imageRows,
  ...peerRows,
];

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '9' },
  },
});
const chosen = rows.filter(({ name }) => values.only?.includes(name) ?? true);
const unknown = values.only?.filter((name) => !rows.some((row) => row.name === name)) ?? [];
if (unknown.length > 0)
  throw new Error(`no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}`);

const world = await openWorld(Number(values.rounds));
const results: Result[] = [];
try {
  for (const row of chosen) {
    console.error(row.what);
    try {
      results.push(judge(row, await row.measure(world)));
    } catch (error) {
      // One that fails does not take the others with it.
      if (!(error instanceof NotHere)) process.exitCode = 1;
      const [why = ''] = String((error as Error).message).split('\n');
      results.push({ row, leftOut: error instanceof NotHere ? why : `failed: ${why}` });
    }
    console.error(markdown(results).split('\n').at(-1));
  }
} finally {
  await world.close();
}

const machine = `Node ${process.versions.node}, ${cpus().length} cores, ${type()} ${release()}`;
const table = markdown(results);
console.log(table);
// A part of the rows says nothing about the others, so it is only printed.
if (values.only === undefined) {
  const file = (name: string) => fileURLToPath(new URL(`../docs/benchmarks/${name}`, import.meta.url));
  const head = `<!-- made by npm run bench -->\n\n${machine}; medians, the quartiles in parentheses.\n\n`;
  await writeFile(file('results.md'), `${head}${table}\n`);
  await writeFile(file('results.json'), `${JSON.stringify({ machine, rows: asJson(results) }, null, 2)}\n`);
}
