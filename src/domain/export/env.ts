import { parseLogin } from '../credentials.ts';
import type { LeaseFiles } from '../lease.ts';
import { comments, type ExportFormat } from './export-format.ts';

/** The access token of a lease. Every lease has one: it is made of a login that was read. */
const accessToken = ({ files }: LeaseFiles): string => {
  const parsed = parseLogin(files.get('.credentials.json') ?? '');
  if (!parsed.ok) throw new Error(`a lease without a login: ${parsed.problem}`);
  return parsed.login.claudeAiOauth.accessToken;
};

/** A line for `docker run --env-file`, a CI secret or a shell. */
export const env: ExportFormat = {
  format: 'env',
  summary: 'CI and env files (holds a token)',
  options: [],
  names: /^/,
  holdsToken: true,
  render: ({ profile }, lease) => {
    const lines = [
      ...comments('#', [
        `The access token of the profile ${profile}. Keep it secret: whoever reads it can use it.`,
        `It ends at ${new Date(lease.expiresAt).toISOString()} and is not renewed; then export it again.`,
        'It outranks a login in the config directory. Screens still ask for theme and sign-in unless .claude.json there says hasCompletedOnboarding; `claude -p` does not ask.',
      ]),
      `CLAUDE_CODE_OAUTH_TOKEN=${accessToken(lease)}`,
      '',
    ];
    return [{ name: `claude-${profile}.env`, content: lines.join('\n') }];
  },
};
