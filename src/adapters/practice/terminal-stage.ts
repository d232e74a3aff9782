import type { CliFile, CliStage } from './claude-cli.ts';
import type { FakeFiles } from './fake-files.ts';
import type { FakeSession } from './fake-session.ts';

export interface StageInput {
  readonly session: FakeSession;
  readonly files: FakeFiles;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A session as a program sees it: a terminal that echoes and takes whole lines, until single keys are asked for. */
export const createTerminalStage = ({ session, files, now, pause }: StageInput): CliStage => {
  const waiting: string[] = [];
  let wake: () => void = () => {};
  let isRaw = false;
  let isOver = false;
  let line = '';

  const say = (text: string) => {
    if (!isOver) session.emit(text.replaceAll('\n', '\r\n'));
  };
  const hand = (text: string) => {
    waiting.push(text);
    wake();
  };
  const typed = (character: string) => {
    if (character === '\x03') {
      say('^C');
      session.end(130);
    } else if (character === '\r' || character === '\n') {
      say('\n');
      hand(`${line}\n`);
      line = '';
    } else if (character === '\x7f') {
      if (line !== '') say('\b \b');
      line = line.slice(0, -1);
    } else {
      line += character;
      say(character);
    }
  };
  session.onInput((text) => {
    if (isRaw) hand(text);
    else for (const character of text) typed(character);
  });
  void session.ended.then(() => {
    isOver = true;
    wake();
  });

  return {
    say,
    complain: say,
    columns: () => session.sizes.at(-1)?.columns ?? 80,
    raw: () => {
      isRaw = true;
    },
    async *input() {
      while (!isOver) {
        const next = waiting.shift();
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    ...fileStage(files),
    env: {},
    now,
    pause,
  };
};

/** The files of a stage, kept in memory. */
export const fileStage = (files: FakeFiles): Pick<CliStage, 'read' | 'write' | 'configDir' | 'isRoot'> => ({
  isRoot: false,
  configDir: '/home/node/.claude',
  read: (file: CliFile) => files.text(file),
  write: (file, content) => files.set(file, content),
});
