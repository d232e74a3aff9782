import type { Terminal } from '@xterm/headless';

/** What a session says by escape sequences that are no picture. */
export interface Heard {
  readonly link: (url: string) => void;
  readonly clipboard: (text: string) => void;
  readonly reply: (text: string) => void;
  readonly cursorVisible: (visible: boolean) => void;
}

/** Larger clipboard texts of a session are dropped. */
const clipboardLimitBytes = 64 * 1024;

/** Sequences that do something so many times. */
const repeating = ['b', 'L', 'M', '@', 'P', 'X', 'S', 'T', 'I', 'Z'];

/** More than any terminal has room for; ten characters could ask for a minute's work. */
const repetitionLimit = 1000;

/** Listens for links, clipboard texts and questions. What is asked is answered with nothing that the session chose. */
export const listenTo = ({ parser }: Terminal, heard: Heard): void => {
  parser.registerOscHandler(8, (data) => {
    heard.link(data.slice(data.indexOf(';') + 1));
    // Handled: the emulator would keep every link, and nobody asks it for one.
    return true;
  });
  parser.registerOscHandler(52, (data) => {
    const content = data.slice(data.indexOf(';') + 1);
    // `?` asks for what is on the person's clipboard, which is none of the session's business.
    if (content !== '?' && content.length <= Math.ceil(clipboardLimitBytes / 3) * 4) {
      heard.clipboard(Buffer.from(content, 'base64').toString('utf8'));
    }
    return true;
  });
  // Colours are asked for to choose a theme: light text on a dark ground, as the pane is drawn.
  for (const [code, rgb] of [
    [10, 'ffff/ffff/ffff'],
    [11, '0000/0000/0000'],
    [12, 'ffff/ffff/ffff'],
  ] as const) {
    parser.registerOscHandler(code, (data) => {
      if (data === '?') heard.reply(`\x1b]${code};rgb:${rgb}\x1b\\`);
      return true;
    });
  }
  // The kitty keyboard protocol is not spoken here.
  parser.registerCsiHandler({ prefix: '?', final: 'u' }, () => {
    heard.reply('\x1b[?0u');
    return true;
  });
  for (const [final, visible] of [
    ['h', true],
    ['l', false],
  ] as const) {
    parser.registerCsiHandler({ prefix: '?', final }, (parameters) => {
      if (parameters.includes(25)) heard.cursorVisible(visible);
      return false;
    });
  }
  for (const final of repeating) {
    parser.registerCsiHandler(
      { final },
      ([times = 0]) => typeof times === 'number' && times > repetitionLimit,
    );
  }
};
