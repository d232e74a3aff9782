import type { IssuerControl } from './issuer.ts';

/** Refresh grants that the issuer was asked for since so many calls: how many it gave, and how many it refused. */
export const refreshGrants = async (
  issuer: IssuerControl,
  since: number,
): Promise<{ readonly given: number; readonly refused: number }> => {
  const asked = (await issuer.calls()).slice(since).filter(({ grant }) => grant === 'refresh_token');
  const count = (wanted: number) => asked.filter(({ status }) => status === wanted).length;
  return { given: count(200), refused: count(400) };
};
