// What a replica of a swarm's service sees of its login: looks at the file many times a second and keeps a record that the
// test reads, without any token. Runs in a container on plain Node.
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { hostname } = require('node:os');

const file = `${process.env.CLAUDE_CONFIG_DIR}/.credentials.json`;
const record = { first: Date.now(), last: 0, looks: 0, bad: [], logins: [], file: '', directory: '' };

const whyBad = () => {
  try {
    const { accessToken, refreshToken, expiresAt } = JSON.parse(readFileSync(file, 'utf8')).claudeAiOauth;
    const login = createHash('sha256').update(accessToken).digest('hex').slice(0, 12);
    if (!record.logins.includes(login)) record.logins.push(login);
    if (refreshToken !== undefined) return 'a refresh token';
    return expiresAt > Date.now() ? null : 'ended';
  } catch (error) {
    return String(error.code ?? error.name);
  }
};

const rights = (path) => {
  const { uid, gid, mode } = statSync(path);
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
};

const look = () => {
  const bad = whyBad();
  record.last = Date.now();
  record.looks += 1;
  if (bad !== null && record.bad.length < 10) record.bad.push(bad);
};
const keep = () => {
  const path = `/records/${hostname()}.json`;
  writeFileSync(`${path}.part`, JSON.stringify(record));
  renameSync(`${path}.part`, path);
};

look();
record.file = rights(file);
record.directory = rights(process.env.CLAUDE_CONFIG_DIR);
keep();
// A service that takes one login only fails with any other, as a broken program would.
if (process.env.ONLY_LOGIN !== undefined) {
  const { writeFileSync: write, existsSync, readFileSync: read } = require('node:fs');
  if (!existsSync('/records/only')) write('/records/only', record.logins[0]);
  if (read('/records/only', 'utf8') !== record.logins[0]) process.exit(3);
}
setInterval(look, 25);
setInterval(keep, 200);
process.on('SIGTERM', () => {
  look();
  keep();
  process.exit(0);
});
