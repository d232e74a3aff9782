import { isBlanked, isRefreshable, loginExpiry, type Moment, scopesOf, tokenExpiry } from '../credentials.ts';
import { relative, span } from '../time.ts';
import { loginMark } from '../working-copy.ts';
import { type Check, fail, pass, refresh, type Subject, signIn, skip, type Verdict, warn } from './check.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** A text with nothing but white space in it. */
const isBlank = (content: Uint8Array): boolean =>
  content.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));

const oddity: Record<NonNullable<Moment['odd']>, string> = {
  text: 'expiresAt is text instead of a number',
  seconds: 'expiresAt is in seconds instead of milliseconds, so the CLI takes the token as expired',
  absurd: 'expiresAt is no possible time',
};

const withLogin =
  (decide: (login: NonNullable<Subject['login']>, subject: Subject) => Verdict) =>
  (subject: Subject): Verdict =>
    subject.login === null ? skip('There is no login to look at') : decide(subject.login, subject);

export const credentialsChecks: readonly Check[] = [
  {
    id: 'credentials.empty',
    needs: ['credentials.present'],
    decide: (subject) => {
      const { content, size, kind } = subject.credentials;
      if (kind === 'unreadable') return skip("The credentials can't be read");
      if (size === 0)
        return fail('.credentials.json is empty (0 bytes): the sign-in was not finished', signIn(subject));
      if (content !== null && isBlank(content))
        return fail('.credentials.json holds only white space', signIn(subject));
      return pass('The credentials are not empty');
    },
  },
  {
    id: 'credentials.json',
    needs: ['credentials.empty'],
    decide: (subject) => {
      const { content, size } = subject.credentials;
      if (content === null) {
        return fail(
          `.credentials.json is far too large for a login (${Math.round(size / 1024)} KiB)`,
          signIn(subject),
        );
      }
      if (subject.problem?.stage === 'json') {
        return fail(`.credentials.json can't be read as JSON: ${subject.problem.text}`, signIn(subject));
      }
      return pass('The credentials are JSON');
    },
  },
  {
    id: 'credentials.shape',
    needs: ['credentials.json'],
    decide: (subject) =>
      subject.problem?.stage === 'shape'
        ? fail(`.credentials.json holds no login: ${subject.problem.text}`, signIn(subject))
        : pass('The credentials hold a login'),
  },
  {
    id: 'credentials.blanked',
    needs: ['credentials.shape'],
    decide: withLogin((login, subject) =>
      isBlanked(login)
        ? fail(
            'The tokens were emptied by a refused refresh, most often because another copy of this login was used',
            signIn(subject),
          )
        : pass('The tokens are there'),
    ),
  },
  {
    id: 'credentials.scopes',
    needs: ['credentials.blanked'],
    decide: withLogin((login, subject) => {
      const scopes = scopesOf(login);
      if (scopes === null)
        return fail('The scopes are missing or not a list, which the CLI refuses', signIn(subject));
      if (!scopes.includes('user:inference'))
        return fail('The login may not use models (no user:inference)', signIn(subject));
      if (!scopes.includes('user:profile'))
        return warn('The login may not see the account (no user:profile)', signIn(subject));
      return pass('The login has the scopes it needs');
    }),
  },
  {
    id: 'token.expiry',
    needs: ['credentials.blanked'],
    decide: withLogin((login, subject) => {
      const { now } = subject;
      const expiry = tokenExpiry(login);
      const refreshable = isRefreshable(login, now);
      const trouble = (summary: string) =>
        refreshable
          ? warn(`${summary}; it can be refreshed`, refresh(subject))
          : fail(`${summary}, and there is nothing to refresh it with`, signIn(subject));
      if (expiry === null) return trouble('The file does not say when the access token ends');
      if (expiry.odd !== null) return trouble(capital(oddity[expiry.odd]));
      if (expiry.at <= now) return trouble(`The access token expired ${relative(expiry.at, now)}`);
      if (expiry.at - now <= 30 * minute) return trouble(`The access token ends ${relative(expiry.at, now)}`);
      return pass(`The access token is good for ${span((expiry.at - now) / 1000)}`);
    }),
  },
  {
    id: 'token.login',
    needs: ['credentials.blanked'],
    decide: withLogin((login, subject) => {
      const { now, refused } = subject;
      if (refused && refused.login === loginMark(login))
        return fail(
          `A refresh of this login was refused ${relative(refused.at, now)}: it was withdrawn, or another copy has used it up`,
          signIn(subject),
        );
      const end = loginExpiry(login);
      if (end === null || end.odd !== null) return skip('The file does not say when the login itself ends');
      if (end.at <= now)
        return fail(
          `The login ended ${relative(end.at, now)}; no refresh can bring it back`,
          signIn(subject),
        );
      if (end.at - now <= 3 * day)
        return warn(`The login itself ends ${relative(end.at, now)}, refreshed or not`, signIn(subject));
      return pass(`The login itself is good for ${span((end.at - now) / 1000)}`);
    }),
  },
];

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
