import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issuerInNamespace } from '../support/issuer/places.ts';
import { realCliFolder } from '../support/real-cli.ts';
import { temporary } from '../support/temporary.ts';
import { openTmux } from '../support/tmux.ts';
import { product } from './product.ts';
import { keepFrame, walkTo } from './walk.ts';

const reason = process.getuid?.() === 0 ? null : 'a network of its own needs root';

describe.skipIf(reason !== null)(
  `a long-lived token, with the real CLI (${reason ?? 'network of its own'})`,
  () => {
    let place: Awaited<ReturnType<typeof issuerInNamespace>>;
    let cli: string;
    beforeAll(async () => {
      [place, cli] = await Promise.all([issuerInNamespace(), realCliFolder()]);
    });
    afterAll(() => place?.close());

    // The CLI cuts the token at the width of its terminal and indents the pieces: at 80 columns in two.
    it.each([
      ['in the pane', 80, 24],
      ['in the whole of a small terminal', 50, 18],
    ])('is taken whole, kept for its owner only, and never shown: %s', async (where, columns, rows) => {
      const { root, authDir, ...made } = await temporary();
      const env = {
        ...made.env,
        PATH: `${cli}:${made.env.PATH}`,
        NODE_EXTRA_CA_CERTS: place.caFile,
        DOCKER_HOST: `unix://${root}/no-engine.sock`,
      };
      const command = [...place.inside, ...product, 'login', 'dev', '--runtime', 'sandbox'];
      const terminal = await openTmux({ columns, rows, command, env });
      try {
        await walkTo(terminal, /How do you want to sign in/);
        await keepFrame(`setup-token-${columns}-1-methods`, await terminal.capture());
        for (const _step of [1, 2, 3]) await terminal.keys('Down');
        await terminal.keys('Enter');
        await terminal.waitFor('Paste code here', 60_000);
        await keepFrame(`setup-token-${columns}-2-session`, await terminal.capture());
        const link = (await terminal.capture()).includes('Sign-in link ready')
          ? await copiedLink(terminal)
          : /https:\S+\s?\S*/.exec(await terminal.capture())?.[0].replaceAll(/\s/g, '');
        await terminal.paste(await place.issuer.authorize(link ?? ''));
        await terminal.waitFor(/\*\*\*/);
        await terminal.keys('Enter');
        await terminal.waitFor(/captured|checks/i, 60_000);
        await keepFrame(`setup-token-${columns}-3-after`, await terminal.capture());
      } finally {
        await terminal.close();
      }
      const file = join(authDir, 'oauth-token');
      const token = (await readFile(file, 'utf8')).trim();
      expect(token, where).toMatch(/^sk-ant-oat01-/);
      expect(await place.issuer.accepts(token)).toBe(true);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      const seen = terminal.seen.join('\n');
      const secret = token.slice('sk-ant-oat01-'.length);
      for (let at = 0; at + 6 <= secret.length; at += 6) expect(seen).not.toContain(secret.slice(at, at + 6));
    });
  },
);

const copiedLink = async (terminal: Awaited<ReturnType<typeof openTmux>>): Promise<string> => {
  await terminal.keys('C-]');
  await terminal.waitFor('c copy');
  await terminal.keys('c');
  await terminal.waitFor(/link was (?:copied|sent)/);
  return terminal.clipboard();
};
