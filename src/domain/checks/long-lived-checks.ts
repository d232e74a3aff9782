import { type Check, fail, pass, type Subject, signIn, skip, warn } from './check.ts';
import type { CheckId } from './report.ts';

/** As `claude setup-token` prints it (source: claude-cli-observed, "Signing in"); the CLI takes any text, the server does not. */
const tokenPattern = /^\s*sk-ant-oat\d+-[\w-]+\s*$/;

const textOf = ({ oauthToken: { content } }: Subject): string =>
  new TextDecoder().decode(content ?? undefined);

const noLogin = (what: string): Omit<Check, 'id'> => ({
  needs: ['credentials.present'],
  decide: () => skip(`A long-lived token is kept instead of a login, and it ${what}`),
});

/**
 * What takes the place of some checks when only a long-lived token is kept (`oauth-token`), which `run` and `export`
 * hand out as CLAUDE_CODE_OAUTH_TOKEN.
 */
export const longLivedChecks: Partial<Record<CheckId, Omit<Check, 'id'>>> = {
  'credentials.empty': {
    needs: ['credentials.present'],
    decide: (subject) => {
      if (subject.oauthToken.kind === 'unreadable') return skip("The long-lived token can't be read");
      return subject.oauthToken.content !== null && textOf(subject).trim() === ''
        ? fail('oauth-token is empty', signIn(subject))
        : pass('The long-lived token is not empty');
    },
  },
  'credentials.json': noLogin('is plain text'),
  'credentials.shape': {
    needs: ['credentials.empty'],
    decide: (subject) =>
      tokenPattern.test(textOf(subject))
        ? pass('oauth-token holds a long-lived token (sk-ant-oat…)')
        : fail('oauth-token holds no token of claude setup-token (sk-ant-oat…)', signIn(subject)),
  },
  'credentials.blanked': noLogin('is never refreshed'),
  'credentials.scopes': {
    needs: ['credentials.shape'],
    decide: (subject) =>
      warn(
        'A long-lived token is for inference only: it may not see the account (no user:profile)',
        `${signIn(subject)} (unless inference is all you need)`,
      ),
  },
  'token.expiry': noLogin('does not say when it ends; it is good for a year from its sign-in'),
  'token.login': noLogin('ends by itself'),
  'cli.accepts': {
    needs: [],
    // Observed: with CLAUDE_CODE_OAUTH_TOKEN=hello `auth status` says loggedIn: true.
    decide: () =>
      skip('The real CLI takes any text for a long-lived token, so asking it would prove nothing'),
  },
};
