import { fail, ok, type Result } from '../domain/failure.ts';
import type { Profile } from '../domain/profile.ts';
import { judgeWorkingCopy, loginMark, unlessOlder } from '../domain/working-copy.ts';
import type { Ports } from '../ports/ports.ts';
import type { WorkingCopy } from '../ports/runtime.ts';

export type Settled =
  | { readonly kind: 'adopted'; readonly expiresAt: number }
  /** The CLI got no new tokens, and the stored ones are as good as before. */
  | { readonly kind: 'unchanged' };

const readLimit = 1024 * 1024;

/**
 * Writes the new tokens of a working copy whose CLI has ended over the stored ones, and then removes the copy. When the
 * copy can't be read or the tokens can't be written it is kept, for the next refresh to take over.
 */
export const adoptWorkingCopy = async (
  ports: Ports,
  profile: Profile,
  copy: WorkingCopy,
): Promise<Result<Settled>> => {
  const stored = await ports.store.readLogin(profile.authDir);
  if (!stored.ok) return stored;
  const [credentials, stateFile] = [
    await copy.read('.credentials.json', readLimit),
    await copy.read('.claude.json', readLimit),
  ];
  if (!credentials.ok) return credentials;
  if (!stateFile.ok) return stateFile;
  const found = { credentials: textOf(credentials.value), stateFile: textOf(stateFile.value) };
  const judged = judgeWorkingCopy(stored.value, found, ports.clock.now());
  const outcome = copy.holder === 'job' ? unlessOlder(judged, stored.value.login) : judged;
  if (outcome.kind === 'refreshed') {
    const files = new Map([['.credentials.json', outcome.credentials]]);
    const written = await ports.store.write(profile.authDir, files);
    if (!written.ok) return written;
    // The tokens are safe now; a copy that can't be removed is made of a spent login, and goes at the next refresh.
    await copy.remove();
    return ok({ kind: 'adopted', expiresAt: outcome.expiresAt });
  }
  if (outcome.kind === 'refused') {
    const refused = { login: loginMark(stored.value.login), at: ports.clock.now() };
    const marked = await ports.loginMarks.markRefused(profile.name, refused);
    if (!marked.ok) return marked;
  }
  const removed = await copy.remove();
  if (!removed.ok) return removed;
  if (outcome.kind === 'unchanged') return ok(outcome);
  const again = `sign in again: claude-setup login ${profile.name}`;
  return outcome.kind === 'refused'
    ? fail(
        'refresh.refused',
        `The refresh of ${profile.name} was refused`,
        'the login was withdrawn, or another copy of it has used it up; the stored files are as they were',
        again,
      )
    : fail('refresh.unusable', `What the CLI made of ${profile.name} is of no use`, outcome.problem, again);
};

const textOf = (content: Uint8Array | null): string | null =>
  content === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(content);
