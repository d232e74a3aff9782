// A program that works on a lease, as people's own do: `node lease-user.js SECONDS PAUSE`. It reads its credentials file ten
// times a second, and asks the real CLI for a live call with each access token it finds, after a random part of PAUSE
// seconds. Ends with one line of JSON on what it saw, without a token. Plain Node, so that it runs in containers.
const { execFile } = require('node:child_process');
const { createHash, randomInt } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { setTimeout: wait } = require('node:timers/promises');

const [seconds, pause] = process.argv.slice(2).map(Number);
const file = `${process.env.CLAUDE_CONFIG_DIR}/.credentials.json`;
const until = Date.now() + seconds * 1000;
const record = { reads: 0, bad: [], leases: [], ended: 0, calls: 0, refused: [] };
const ends = [];

const whyBad = () => {
  try {
    const { accessToken, refreshToken, expiresAt } = JSON.parse(readFileSync(file, 'utf8')).claudeAiOauth;
    const name = createHash('sha256').update(accessToken).digest('hex').slice(0, 8);
    if (!record.leases.includes(name)) {
      record.leases.push(name);
      ends.push(expiresAt);
      calls.push(call(name));
    }
    if (refreshToken !== undefined) return 'a refresh token';
    return expiresAt > Date.now() ? null : `${name} had ended`;
  } catch (error) {
    return String(error.code ?? error.name);
  }
};

const call = async (name) => {
  await wait(randomInt(1 + pause * 1000));
  const args = ['-p', 'x', '--model', 'no-such-model', '--strict-mcp-config'];
  const env = {
    ...process.env,
    CLAUDE_CODE_MAX_RETRIES: '0',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
  const said = await new Promise((resolve) => {
    const child = execFile('claude', args, { env }, (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
    child.stdin.end();
  });
  record.calls += 1;
  // The provider tells only those whom it knows that there is no such model.
  if (!/issue with the selected model/.test(said)) record.refused.push(`${name}: ${said.slice(0, 200)}`);
};
const calls = [];

const work = async () => {
  while (Date.now() < until) {
    const bad = whyBad();
    record.reads += 1;
    if (bad !== null && record.bad.length < 10) record.bad.push(bad);
    await wait(100);
  }
  await Promise.all(calls);
  record.ended = ends.filter((end) => end < Date.now()).length;
  console.log(JSON.stringify(record));
};
work();
