import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { docker } from '../docker/docker-cli.ts';
import { findSecrets, type Hit } from './canary.ts';

/**
 * Everywhere in an image that shows a piece of a secret: its history, what the engine says of it, and the bytes of its layers.
 * `patterns` is a file of our own for the search, which is removed again.
 */
export const findInImage = async (
  reference: string,
  needles: ReadonlyMap<string, string>,
  patterns: string,
): Promise<readonly Hit[]> => {
  const history = await docker('history', '--no-trunc', reference);
  const said = await docker('inspect', reference);
  if (history.status !== 0 || said.status !== 0) throw new Error(history.stderr + said.stderr);
  await writeFile(patterns, [...needles.keys()].join('\n'), { mode: 0o600 });
  const search = 'docker save "$1" | grep -aFoc -f "$2" || true';
  const { stdout } = await promisify(execFile)('sh', ['-c', search, 'sh', reference, patterns]);
  await rm(patterns);
  const lines = stdout.trim();
  return [
    ...findSecrets(`history of ${reference}`, history.stdout, needles),
    ...findSecrets(`docker inspect ${reference}`, said.stdout, needles),
    ...(lines === '0' ? [] : [{ where: `layers of ${reference}`, secret: '', around: `${lines} lines` }]),
  ];
};
