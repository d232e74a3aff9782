// A program that works on a login, as people's own do: `node lease-user.js SECONDS EVERY`. It reads its credentials file ten
// times a second, and has the real CLI make a live call every so many seconds. Ends with one line of JSON on what it saw,
// without a token. Plain Node, so that it runs in containers.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const [seconds, every] = process.argv.slice(2).map(Number);
const file = `${process.env.CLAUDE_CONFIG_DIR}/.credentials.json`;
const until = Date.now() + seconds * 1000;
const record = { reads: 0, bad: [], tokens: 0, ended: 0, calls: 0, refused: [], signedOut: false };
/** When each token ends that was found, by its name. */
const ends = new Map();

const whyBad = () => {
  try {
    const { accessToken, refreshToken, expiresAt } = JSON.parse(readFileSync(file, 'utf8')).claudeAiOauth;
    const name = createHash('sha256').update(accessToken).digest('hex').slice(0, 8);
    ends.set(name, expiresAt);
    if (refreshToken !== undefined) return 'a refresh token';
    return expiresAt > Date.now() ? null : `${name} had ended`;
  } catch (error) {
    return String(error.code ?? error.name);
  }
};

const read = async () => {
  for (; Date.now() < until; record.reads += 1) {
    const bad = whyBad();
    if (bad !== null && record.bad.length < 10) record.bad.push(bad);
    await wait(100);
  }
};

const ask = () => {
  const args = ['-p', 'x', '--model', 'no-such-model', '--strict-mcp-config'];
  const env = { CLAUDE_CODE_MAX_RETRIES: '0', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
  return new Promise((resolve) => {
    const child = execFile('claude', args, { env: { ...process.env, ...env } }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`),
    );
    child.stdin.end();
  });
};

const call = async () => {
  await wait(Math.random() * every * 1000);
  for (let next = Date.now(); next < until; next += every * 1000) {
    await wait(Math.max(0, next - Date.now()));
    const said = await ask();
    record.calls += 1;
    // Only those whom the provider knows are told that there is no such model.
    record.signedOut = !/issue with the selected model/.test(said);
    if (record.signedOut) record.refused.push(said.trim().slice(0, 100));
  }
};

await Promise.all([read(), call()]);
record.tokens = ends.size;
record.ended = [...ends.values()].filter((end) => end < Date.now()).length;
console.log(JSON.stringify(record));
