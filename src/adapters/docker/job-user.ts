import { fail, ok, type Result } from '../../domain/failure.ts';
import type { Engine } from '../../ports/engine.ts';
import { readFile } from './sign-in-run.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Whether an image's user is root, as its Dockerfile or `--user` may write it. */
export const isRoot = (user: string): boolean => /^(?:|0|root)(?::|$)/.test(user);

const tableLimit = 1024 * 1024;

/** The numbers of a container's user, names looked up in its own files; the container need not run. */
export const ownerOf = async (engine: Engine, container: string, user: string): Promise<Result<Owner>> => {
  const [name = '', group] = user.split(':');
  const passwd = await table(engine, container, '/etc/passwd');
  if (!passwd.ok) return passwd;
  const entry = passwd.value.find(([known, , uid]) => known === name || uid === name);
  const uid = Number(entry?.[2] ?? name);
  if (!Number.isInteger(uid)) return unknown(`user ${name}`, 'passwd');
  if (group === undefined) return ok({ uid, gid: Number(entry?.[3] ?? uid) });
  if (/^\d+$/.test(group)) return ok({ uid, gid: Number(group) });
  const groups = await table(engine, container, '/etc/group');
  if (!groups.ok) return groups;
  const gid = groups.value.find(([known]) => known === group)?.[2];
  return gid === undefined ? unknown(`group ${group}`, 'group') : ok({ uid, gid: Number(gid) });
};

/** Lines of such a file, taken apart; none when the image has no such file. */
const table = async (
  engine: Engine,
  container: string,
  path: string,
): Promise<Result<readonly (readonly string[])[]>> => {
  const content = await readFile(engine, container, path, tableLimit);
  if (!content.ok) return content;
  const text = content.value === null ? '' : new TextDecoder().decode(content.value);
  return ok(text.split('\n').map((line) => line.split(':')));
};

const unknown = (what: string, file: string): Result<never> =>
  fail(
    'usage',
    'Nothing was run',
    `the image has no ${what} in /etc/${file}`,
    'give numbers: --user UID:GID',
  );
