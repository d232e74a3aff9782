import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { createEmulator } from '../../../src/adapters/pty/emulator.ts';
import type { Screen } from '../../../src/ports/emulator.ts';

const challenge = 'MadeUpChallenge_0123456789-abcdefghijklmnop';
const state = 'MadeUpState_0123456789-abcdefghijklmnopqrst';
const secret = 'MadeUpToken_0123456789-abcdefghijklmnopqrstuvwxyzMadeUpToken_012';

const spelt = (scope: string) =>
  `https://claude.com/cai/oauth/authorize?code=true&client_id=9d1c250a-e61b-44d9-88ed-5944d1962f5e&response_type=code&redirect_uri=https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback&scope=${scope}&code_challenge=${challenge}&code_challenge_method=S256&state=${state}`;
const short = (kind: string) => `https://claude.ai/oauth/authorize?${kind}${challenge}`;

const allScopes = [
  'org%3Acreate_api_key',
  'user%3Aprofile',
  'user%3Ainference',
  'user%3Asessions%3Aclaude_code',
  'user%3Amcp_servers',
  'user%3Afile_upload',
].join('+');

const urls: Record<string, string> = {
  'auth-login-2.1.197': spelt(allScopes),
  'full-screen-2.1.197': spelt(allScopes),
  'setup-token-2.1.197': spelt('user%3Ainference'),
  'auth-login-2.1.330': short('z-'),
  'full-screen-2.1.330': short('z-'),
  'setup-token-2.1.330': short('I'),
};

const told = (screen: Screen) => new Promise<void>((resolve) => screen.onChange(resolve));

const replay = async (file: string, columns: number) => {
  const bytes = await readFile(new URL(`../../fixtures/sessions/${file}.ansi`, import.meta.url));
  const screen = await createEmulator().open({ columns, rows: 30 });
  // The link is wiped off the screen once the code was pasted; nobody pastes faster than a picture is drawn.
  const prompt = Math.max(bytes.indexOf('Paste'), 0);
  const first = told(screen);
  await screen.write(bytes.subarray(0, prompt + 1));
  await first;
  const second = told(screen);
  await screen.write(bytes.subarray(prompt + 1));
  await second;
  return screen;
};

const shown = (screen: Screen) =>
  screen
    .rows()
    .map(({ runs }) => runs.map(({ text }) => text).join(''))
    .join('\n');

describe('recordings of the real CLI', () => {
  // One plain line, or one link, the same at any width.
  for (const name of ['auth-login-2.1.197', 'auth-login-2.1.330']) {
    for (const columns of [40, 60, 80, 120]) {
      it(`${name} at ${columns} columns: the link is exact`, async () => {
        expect((await replay(name, columns)).signInUrl).toBe(urls[name]);
      });
    }
  }
  for (const name of ['full-screen-2.1.197', 'full-screen-2.1.330']) {
    for (const columns of [40, 60, 80, 120]) {
      it(`${name} at ${columns} columns: the link is exact`, async () => {
        expect((await replay(`${name}-${columns}`, columns)).signInUrl).toBe(urls[name]);
      });
    }
  }
  for (const name of ['setup-token-2.1.197', 'setup-token-2.1.330']) {
    for (const columns of [40, 60, 80, 120]) {
      it(`${name} at ${columns} columns: link and token are exact, the token is masked`, async () => {
        const screen = await replay(`${name}-${columns}`, columns);
        expect(screen.signInUrl).toBe(urls[name]);
        expect(screen.longLivedToken).toBe(`sk-ant-oat01-TEST${secret}`);
        expect(shown(screen)).toContain('sk-ant-oat01-••••');
        expect(shown(screen)).not.toMatch(/TEST|MadeUpTok|oken_0|abcdef|xyzMa|012/);
        expect(shown(screen).match(/•/g)).toHaveLength(`TEST${secret}`.length);
        expect(shown(screen)).toMatch(/valid for 1 year[\s\S]*Store[\s\S]*again\./);
      });
    }
  }

  it('a token stays masked and whole however often the terminal is resized', async () => {
    const screen = await replay('setup-token-2.1.330-80', 80);
    for (const columns of [50, 120, 79, 81, 40, 200]) {
      screen.resize({ columns, rows: 24 });
      expect(shown(screen)).not.toMatch(/TEST|MadeUpTok|oken_0|abcdef|xyzMa|012/);
    }
    await told(screen);
    expect(screen.longLivedToken).toBe(`sk-ant-oat01-TEST${secret}`);
  });
});
