import { version } from './version.ts';

const args = process.argv.slice(2);
// What is asked most often by other programs; nothing else is loaded for it.
if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) process.stdout.write(`${version}\n`);
else {
  const { run } = await import('./run.ts');
  await run(args);
}
