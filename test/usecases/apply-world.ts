import { type ApplyInput, apply } from '../../src/usecases/apply.ts';
import { refresh } from '../../src/usecases/refresh.ts';
import { unapply } from '../../src/usecases/unapply.ts';
import { changeLogin, createFakeWorld } from '../tui/fake-world.ts';

export const hour = 3600_000;
const never = new AbortController().signal;
export const credentials = '.credentials.json';
/** The directory that is published to. */
export const to = '/srv/claude';

export const setup = () => {
  const world = createFakeWorld();
  world.addImage();
  const profile = world.addProfile('dev');
  const other = world.addProfile('test');
  const files = world.store.directory(profile.authDir);
  let renewed = 0;
  const oauthIn = (text: string | null | undefined) => JSON.parse(text ?? '{}').claudeAiOauth;
  const tokens = (name: string, expiresAt: number) => ({
    accessToken: `sk-ant-oat01-TEST-${name}`,
    refreshToken: `sk-ant-ort01-TEST-${name}`,
    expiresAt,
  });
  world.runtime.refreshes((copy) => {
    renewed += 1;
    changeLogin(copy.files, tokens(`renewed-${renewed}`, world.ports.clock.now() + 8 * hour));
  });
  const published = world.published.directory(to);
  return {
    world,
    profile,
    other,
    published,
    tokens,
    store: (oauth: Readonly<Record<string, unknown>>) => changeLogin(files, oauth),
    stored: () => oauthIn(files.text(credentials)),
    there: () => oauthIn(published.get(credentials)),
    /** What the CLI of a container makes of the published login. */
    holder: (oauth: object) =>
      published.set(
        credentials,
        JSON.stringify({ claudeAiOauth: { ...oauthIn(published.get(credentials)), ...oauth } }),
      ),
    publications: () => world.config.publications ?? [],
    apply: (input: Partial<ApplyInput> = {}) =>
      apply(
        world.ports,
        { profile, directory: to, full: false, owner: null, restart: [], composeFile: null, ...input },
        () => {},
        never,
      ),
    refresh: (marginMs: number | null = null) => refresh(world.ports, { profile, marginMs }, () => {}, never),
    unapply: (directory: string | null = to) => unapply(world.ports, { profile, directory }, never),
  };
};
