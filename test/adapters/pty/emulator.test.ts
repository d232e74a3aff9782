import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import type { Screen } from '../../../src/ports/emulator.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

const open = (columns = 80, rows = 24) => createEmulator().open({ columns, rows });

/** Writes and waits until listeners were told. */
const show = async (screen: Screen, text: string) => {
  const told = new Promise<void>((resolve) => {
    const stop = screen.onChange(() => {
      stop();
      resolve();
    });
  });
  await screen.write(bytes(text));
  await told;
};

const lines = (screen: Screen) =>
  screen.rows().map(({ runs }) =>
    runs
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );

const urlOf = (length: number) => {
  const base =
    'https://claude.com/cai/oauth/authorize?code=true&client_id=9d1c250a-e61b&response_type=code&scope=user%3Ainference&code_challenge=';
  const end = '&code_challenge_method=S256&state=';
  const rest = Math.max(20, length - base.length - end.length);
  return `${base}${'Ab9_-'.repeat(rest).slice(0, rest - 10)}${end}${'Zy8-_'.repeat(10).slice(0, 10)}`;
};

/** The four ways in which the CLI shows the URL (source: claude-cli-observed, "Signing in"). */
const forms: Record<string, (url: string, columns: number) => string> = {
  'one link': (url) =>
    `If the browser didn't open, visit: \x1b]8;;${url}\x07${url.slice(0, 20)}…\x1b]8;;\x07\r\nPaste code here if prompted > `,
  'a link on every line': (url, columns) =>
    `${(url.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).map((part) => `\x1b]8;id=x1;${url}\x1b\\\x1b[2m${part}\x1b[0m\x1b]8;;\x1b\\`).join('\r\n')}\r\n\r\nPaste code here > `,
  'one plain line': (url) => `Visit:\r\n\r\n${url}\r\n\r\nPaste code here if prompted > `,
  'cut hard at the width': (url, columns) =>
    `Use the url below to sign in\x1b[8GX\r\n\r\n${(url.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).map((part) => `\x1b[2m${part}\x1b[22m\r\r\n`).join('')}\r\nPaste code here > `,
};

describe('the sign-in URL', () => {
  it.each(Object.entries(forms))(
    'is found whole: %s, at any width',
    async (_name, form) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 240, max: 900 }),
          fc.integer({ min: 40, max: 200 }),
          async (length, columns) => {
            const screen = await open(columns, 30);
            const url = urlOf(length);
            await show(screen, form(url, columns));
            const found = screen.signInUrl;
            screen.dispose();
            return found === url;
          },
        ),
        { numRuns: 25 },
      );
    },
    60_000,
  );

  it('stays found after a resize and after it scrolled away', async () => {
    const screen = await open(60, 10);
    const url = urlOf(480);
    await show(screen, forms['one plain line']?.(url, 60) ?? '');
    screen.resize({ columns: 44, rows: 8 });
    await show(screen, 'x\r\n'.repeat(400));
    expect(screen.signInUrl).toBe(url);
  });

  it('is taken in its short form', async () => {
    const url = `https://claude.ai/oauth/authorize?z-${'n45xsEc9DB_'.repeat(4)}`;
    const linked = await open();
    await show(linked, `visit:\r\n\x1b]8;;${url}\x07\x1b[94m${url}\x1b[39m\x1b]8;;\x07\r\n`);
    const plain = await open(40);
    await show(plain, `visit:\r\n${url}\r\nPaste`);
    expect([linked.signInUrl, plain.signInUrl]).toEqual([url, url]);
  });

  it.each([
    ['another host', 'https://claude.ai.evil.example/oauth/authorize?code_challenge=a&state=b'],
    ['no https', 'http://claude.ai/oauth/authorize?code_challenge=a&state=b'],
    ['a user in it', 'https://claude.ai@evil.example/oauth/authorize?code_challenge=a&state=b'],
    ['no state', 'https://claude.ai/oauth/authorize?code_challenge=a'],
    ['another page', 'https://claude.ai/settings?code_challenge=a&state=b'],
  ])('is not taken: %s', async (_what, url) => {
    const screen = await open();
    await show(screen, `\x1b]8;;${url}\x07${url}\x1b]8;;\x07\r\n${url}\r\n`);
    expect(screen.signInUrl).toBeNull();
  });

  it.each([
    ['in the text', (url: string) => `visit ${url}\r\n`],
    ['behind a link', (url: string) => `\x1b]8;;${url}\x07https://claude.ai/oauth/authorize\x1b]8;;\x07\r\n`],
  ])('a false one is pointed out, and stays: %s', async (_what, form) => {
    const screen = await open();
    await show(screen, `${urlOf(300)}\r\n`);
    expect(screen.falseSignInPlace).toBeNull();
    await show(screen, form('https://claude.ai.evil.example/oauth/authorize?code_challenge=a&state=b'));
    await show(screen, '\x1b[2J\x1b[3Jgone\r\n');
    expect(screen.falseSignInPlace).toBe('claude.ai.evil.example');
    expect(screen.signInUrl).toBe(urlOf(300));
  });

  it('of a host of the settings is taken', async () => {
    const screen = await createEmulator().open({ columns: 200, rows: 24 }, ['login.example.org']);
    const url = 'https://login.example.org/oauth/authorize?code_challenge=a&state=b';
    await show(screen, `${url}\r\n`);
    expect([screen.signInUrl, screen.falseSignInPlace]).toEqual([url, null]);
  });

  it('the newest one wins', async () => {
    const screen = await open();
    await show(screen, `${urlOf(300)}\r\n\r\n${urlOf(400)}\r\n`);
    expect(screen.signInUrl).toBe(urlOf(400));
  });
});

describe('tokens', () => {
  const token = `sk-ant-oat01-${'aB3_-x'.repeat(16)}`;

  it.each([40, 80, 200])('a long-lived token is taken whole and masked at width %i', async (columns) => {
    const screen = await open(columns);
    const cut = token.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [];
    await show(screen, `Your token:\r\n\r\n${cut.join('\r\n')}\r\n\r\nStore it.\r\n`);
    expect(screen.longLivedToken).toBe(token);
    const shown = lines(screen).join('');
    expect(shown).toContain('sk-ant-oat01-•••');
    expect(shown).not.toMatch(/aB3|x•|-x/);
    expect(shown).toContain('Store it.');
  });

  it('a short look-alike is not taken for a token', async () => {
    const screen = await open();
    await show(screen, 'export CLAUDE_CODE_OAUTH_TOKEN=sk-ant-oat01-...\r\n');
    expect(screen.longLivedToken).toBeNull();
  });
});

describe('queries', () => {
  const answersTo = async (query: string) => {
    const screen = await open();
    let answer = '';
    screen.onReply((reply) => {
      answer += new TextDecoder().decode(reply);
    });
    await screen.write(bytes(query));
    return answer;
  };

  it.each([
    ['device attributes', '\x1b[c', /^\x1b\[\?[\d;]+c$/],
    ['cursor position', '\x1b[5;7H\x1b[6n', /^\x1b\[5;7R$/],
    ['kitty keyboard', '\x1b[?u', /^\x1b\[\?0u$/],
    ['background colour', '\x1b]11;?\x07', /^\x1b\]11;rgb:0000\/0000\/0000\x1b\\$/],
    ['bracketed paste mode', '\x1b[?2004h\x1b[?2004$p', /^\x1b\[\?2004;1\$y$/],
  ])('answers %s', async (_what, query, expected) => {
    expect(await answersTo(query)).toMatch(expected);
  });

  it.each([
    ['the title', '\x1b]2;rm -rf ~\x07\x1b[21t'],
    ['the answerback', '\x05'],
    ['the clipboard', '\x1b]52;c;?\x07'],
  ])('never answers with text of the session: %s', async (_what, query) => {
    expect(await answersTo(query)).not.toMatch(/rm -rf|\x1b\]52/);
  });
});

describe('the picture', () => {
  it('has colours, attributes and wide characters', async () => {
    const screen = await open(20, 2);
    await show(screen, '\x1b[1;31mred\x1b[0m \x1b[38;2;1;2;255;4mblue\x1b[0m 日本\x1b[7mx');
    expect(screen.rows()[0]?.runs.filter(({ text }) => text.trim())).toEqual([
      { text: 'red', style: { foreground: 1, bold: true } },
      { text: 'blue', style: { foreground: '#0102ff', underline: true } },
      { text: ' 日本', style: {} },
      { text: 'x', style: { inverse: true } },
    ]);
    expect(screen.cursor).toMatchObject({ column: 14, row: 0, visible: true });
  });

  it('hides the cursor and follows bracketed paste and the title', async () => {
    const screen = await open();
    await show(screen, '\x1b[?25l\x1b[?2004h\x1b]0;a\u0007');
    expect([screen.cursor.visible, screen.bracketedPaste, screen.title]).toEqual([false, true, 'a']);
  });

  it('takes clipboard texts up to their limit', async () => {
    const screen = await open();
    const copied: string[] = [];
    screen.onClipboard((text) => copied.push(text));
    await screen.write(bytes(`\x1b]52;c;${Buffer.from('https://x').toString('base64')}\x07`));
    await screen.write(bytes(`\x1b]52;c;${Buffer.alloc(70_000, 'a').toString('base64')}\x07`));
    expect(copied).toEqual(['https://x']);
  });

  it('lets no control character out, whatever is written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (noise) => {
        const screen = await open(40, 5);
        await screen.write(noise);
        const text = lines(screen).join('');
        screen.dispose();
        return !/\p{Cc}/u.test(text);
      }),
      { numRuns: 300 },
    );
  });
});
