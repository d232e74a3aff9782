import { describe, expect, it } from 'vitest';
import { createFakeWorld, home } from './fake-world.ts';
import { walkWizard } from './walk-wizard.ts';

describe('the whole way', () => {
  it('goes from the engine to the end at 80x24', async () => {
    const world = createFakeWorld();
    const frames = await walkWizard(world, {});
    expect(frames.engine).toMatchInlineSnapshot(`
      " claude-setup
       ● Engine ○ Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Where the sign-in runs

       This wizard signs you in to Claude once, and keeps the login in a directory
       that your containers can use.

       ✔ Docker Engine 28.3.0 is running.

       The sign-in gets a container of its own there. When it is finished the
       container is removed, and only the login stays.

       Address   unix:///var/run/docker.sock
       Found by  default socket








       Enter continue  d details  r search again  s no engine  ? help  q quit"
    `);
    expect(frames.profile).toMatchInlineSnapshot(`
      " claude-setup                                                    in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Which login is this for?

       A profile is a named login with a directory of its own. Choose one, or make a
       new one.

       ❯ ○ New: dev            ~/.claude-hub
         ○ New: staging        ~/.claude-auth-staging
         ○ New: test           ~/.claude-auth-test
         ○ New: another name   any name, any directory

       Makes the profile dev: for your own containers.









       Enter choose  Esc back  ? help  q quit"
    `);
    expect(frames.directory).toMatchInlineSnapshot(`
      " claude-setup                                                    in a container
       ✔ Engine ● Profile ○ Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Where the login of dev is kept

       The login is kept in this directory. Containers that mount it are signed in. A
       directory that holds a login already is taken over as it is.

       ❯ Directory /home/ada/.claude-hub














       Enter continue  Esc back to the list  Ctrl+G help  Ctrl+C quit"
    `);
    expect(frames.image).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ● Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The setup image

       The sign-in runs in a small Linux image with the Claude CLI in it, which is
       not there yet. Building it takes a few minutes and about 550 MB, once.

       Base image   node:24-bookworm-slim
       Claude CLI   2.1.330
       Proxy        none
       Extra CA     none

       Behind a company proxy? Press s first.









       Enter build it  s settings  Esc back  ? help  q quit"
    `);
    expect(frames.building).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ● Image ○ Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The setup image

       ⠋ Building, step 3 of 9                                                   1:07
       ████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  22%
       RUN npm install --global claude-code
       added 2 packages in 14s

       ╭────────────────────────────────────────────────────────────────────────────╮
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │                                                                            │
       │ Step 3/9: RUN npm install --global claude-code                             │
       │ added 2 packages in 14s                                                    │
       ╰────────────────────────────────────────────────────────────────────────────╯
       l log  c cancel the build  Esc back  ? help  q quit"
    `);
    expect(frames.method).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ● Sign-in ○ Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Sign in to Claude

       ✔ Image: Built in 1 min 7 s

       How do you want to sign in?

       ❯ Sign-in link     open a link, paste a code; usual
         Full Claude CLI  its whole first start, with theme
         Shell            a command line, to do it by hand
         Long-lived token for a year, for prompts only

       Runs \`claude auth login\`: it shows a link for your browser, and takes the code
       that the browser gives you.







       Enter begin  Esc back  ? help  q quit"
    `);
    expect(frames.verify).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ● Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       The login works, with a remark

       ✔ Sign-in: Captured 2 files, 2.4 kB

       ▲ needs a look: The first-run screens were not finished, so the next container
         shows them. Fix: finish it in the wizard: claude-setup login dev
       ✔ 15 other checks passed

       The Claude CLI accepts this login.











       Enter continue  r check again  a all checks  Esc back  ? help  q quit"
    `);
    expect(frames.firstRun).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ● Verify ○ Done
      ────────────────────────────────────────────────────────────────────────────────
       Let containers start without questions?

       The Claude CLI asks a few things at its first start. These answers would be
       written into /home/ada/.claude-hub:
         .claude.json
           • hasCompletedOnboarding: true
           • projects["/workspace"].hasTrustDialogAccepted: true
         settings.json
           • skipDangerousModePermissionPrompt: true

       Trusted folders, as containers see them: /workspace









       Enter write it  s skip  Esc back  e edit folders  ? help  q quit"
    `);
    expect(frames.done).toMatchInlineSnapshot(`
      " claude-setup                                               dev, in a container
       ✔ Engine ✔ Profile ✔ Image ✔ Sign-in ✔ Verify ● Done
      ────────────────────────────────────────────────────────────────────────────────
       You are done

       Account       ada@example.com
       Organisation  Analytical Engines
       Plan          max
       Scopes        user:inference, user:profile
       Access until  2026-11-24 18:00 UTC, in 7 h 59 min
       Login until   2026-12-22 10:00 UTC, in 28 days
       Directory     /home/ada/.claude-hub

       ❯ Check the login at any time
         Run Claude with it in a container
         Use it in a compose file

      claude-setup check dev





       Enter finish  c copy the command  u use elsewhere  Esc back  ? help  q quit"
    `);
    expect(world.store.directory(`${home}/.claude-hub`).text('.credentials.json')).toContain(
      'sk-ant-ort01-TEST',
    );
    expect(world.store.directory(`${home}/.claude-hub`).text('.claude.json')).toContain('"/workspace"');
    expect(world.config.wizard).toBeNull();
  });
});
