// The stand-in of the Claude CLI as a program, for tests that need its behaviour and not its 380 MB. What it does is in
// src/adapters/practice; this gives it a real terminal, real files and a real end.
//
// Files go to CLAUDE_CONFIG_DIR, else to ~/.claude and ~/.claude.json. Switches, from the environment (installStandIn in
// install.ts writes a `claude` that sets them, because the sandbox passes few variables on):
//   STAND_IN_VERSION=2.1.330     what --version says
//   STAND_IN_URL_FORM=a|b|c|d    see `UrlForm`
//   STAND_IN_MODE=…              see `Modes`; also `slow`, which waits STAND_IN_DELAY_MS (default 300) before every step
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CliStage, playClaude, type UrlForm } from '../../../src/adapters/practice/claude-cli.ts';
import type { Modes } from '../../../src/adapters/practice/issuer.ts';

const { env, stdin, stdout, stderr } = process;
const home = env.HOME ?? '/';
const configDir = env.CLAUDE_CONFIG_DIR || join(home, '.claude');
const pathOf = (file: string): string =>
  file === '.claude.json' && !env.CLAUDE_CONFIG_DIR ? join(home, file) : join(configDir, file);

const stage: CliStage = {
  env,
  configDir,
  isRoot: process.getuid?.() === 0,
  columns: () => stdout.columns || 80,
  say: (text) => void stdout.write(text),
  complain: (text) => void stderr.write(text),
  raw: () => void stdin.setRawMode?.(true),
  async *input() {
    stdin.setEncoding('utf8');
    for await (const chunk of stdin) yield String(chunk);
  },
  read(file) {
    try {
      return readFileSync(pathOf(file), 'utf8');
    } catch {
      return null;
    }
  },
  write(file, content) {
    const path = pathOf(file);
    const temporary = `${path}.tmp.${process.pid.toString(16)}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, content, { mode: 0o600 });
    renameSync(temporary, path);
  },
  now: () => Date.now(),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

for (const [name, status] of [
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGINT', 130],
] as const) {
  process.on(name, () => process.exit(status));
}
// A mode that waits for ever must not end because nothing is left to do.
setInterval(() => {}, 2 ** 30);

const mode = env.STAND_IN_MODE ?? '';
const status = await playClaude(
  {
    stage,
    script: {
      version: env.STAND_IN_VERSION ?? '2.1.330',
      mode: (mode === 'slow' ? '' : mode) as Modes,
      urlForm: (env.STAND_IN_URL_FORM || null) as UrlForm | null,
      hint: [],
      stepMs: mode === 'slow' ? Number(env.STAND_IN_DELAY_MS ?? 300) : 0,
      email: 'tester@example.com',
      organization: 'Test Organization',
    },
  },
  process.argv.slice(2),
);
// Ending at once could drop what a pipe has not taken yet.
stdout.write('', () => process.exit(status));
