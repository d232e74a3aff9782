import { describe, expect, it } from 'vitest';
import { expectFits } from '../support/frames.ts';
import { createFakeWorld } from './fake-world.ts';
import { openApp } from './open-app.tsx';
import { walkWizard } from './walk-wizard.ts';

describe('the whole way', () => {
  it.each([
    [60, 20],
    [120, 40],
  ])('fits %ix%i', async (columns, rows) => {
    const frames = await walkWizard(createFakeWorld(), { columns, rows });
    for (const frame of Object.values(frames)) {
      expectFits(frame, columns, rows);
      // The foot with its keys is the last line, and it always tells how to get out.
      expect(frame.split('\n').at(-1)).toMatch(/^ (Enter|l|y) .*(q|Ctrl\+C) quit$/);
    }
    if (columns === 60)
      expect(frames.done).toMatchInlineSnapshot(`
        " claude-setup                           dev, in a container
         ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ✔ Verify ● Done
        ────────────────────────────────────────────────────────────
         You are done

         ❯ Who is signed in
           Check the login at any time
           Run Claude with it in a container
           Use it in a compose file

         Account       ada@example.com
         Organisation  Analytical Engines
         Plan          max
         Scopes        user:inference, user:profile
         Access until  2026-11-24 18:00 UTC, in 7 h 59 min
         Login until   2026-12-22 10:00 UTC, in 28 days
         Directory     /home/ada/.claude-hub


         Enter finish  c copy the command  Esc back  ? help  q quit"
      `);
  });

  it('shows no escape sequence for colour with NO_COLOR, and ASCII alone on a dumb terminal', async () => {
    const coloured = openApp(createFakeWorld());
    await coloured.waitFor('is running');
    const plain = openApp(createFakeWorld(), { env: { LANG: 'C.UTF-8', NO_COLOR: '1' } });
    await plain.waitFor('is running');
    // The codes of foreground and background colours, but for the default one.
    const colour = new RegExp(`${String.fromCharCode(27)}\\[(3|4|9|10)[0-8]m`);
    expect(coloured.styled()).toMatch(colour);
    expect(plain.styled()).not.toMatch(colour);
    const dumb = openApp(createFakeWorld(), { env: { TERM: 'dumb', LANG: 'C.UTF-8' } });
    await dumb.waitFor('is running');
    expect([...dumb.frame()].every((character) => character.charCodeAt(0) < 128)).toBe(true);
  });
});
