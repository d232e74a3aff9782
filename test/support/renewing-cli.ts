import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a `claude` into a folder that tells its version, answers `auth status` and renews its login for eight hours at every
 * question, and writes the line `renewed` into a file for each. Nobody is asked.
 */
export const installRenewingCli = async (folder: string, log: string): Promise<void> => {
  const program = join(folder, 'renew.cjs');
  await mkdir(folder, { recursive: true });
  await writeFile(
    program,
    `const fs = require('node:fs');
const file = process.env.CLAUDE_CONFIG_DIR + '/.credentials.json';
if (process.argv[2] === '-p') {
  const login = JSON.parse(fs.readFileSync(file, 'utf8'));
  const fresh = require('node:crypto').randomBytes(8).toString('hex');
  // A working copy holds a token that ended a day ago; the clock of a test need not be that of the machine.
  const expiresAt = login.claudeAiOauth.expiresAt + 32 * 3600000;
  const change = { accessToken: 'sk-ant-oat01-TESTnew' + fresh, refreshToken: 'sk-ant-ort01-TESTnew' + fresh, expiresAt };
  Object.assign(login.claudeAiOauth, change);
  fs.writeFileSync(file + '.tmp.1', JSON.stringify(login), { mode: 0o600 });
  fs.renameSync(file + '.tmp.1', file);
  fs.appendFileSync(${JSON.stringify(log)}, 'renewed\\n');
  process.exitCode = 1;
} else if (process.argv[2] === '--version') console.log('2.1.330 (Claude Code)');
else console.log(JSON.stringify({ loggedIn: true, authMethod: 'claude.ai' }));
`,
  );
  const path = join(folder, 'claude');
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  await chmod(path, 0o755);
};
