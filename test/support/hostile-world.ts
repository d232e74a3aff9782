import { createFakeWorld, type FakeWorld, home, startOfTest } from '../tui/fake-world.ts';
import { hostileText } from './hostile-text.ts';

/** A world in which everything that somebody else can name or write holds hostile text: paths, an account, labels, services, logs. */
export const createHostileWorld = (): FakeWorld & { readonly authDir: string; readonly loginDir: string } => {
  const world = createFakeWorld();
  const [authDir, loginDir] = [`${home}/.hub ${hostileText}`, `${home}/.old ${hostileText}`];
  world.addImage();
  for (const [reference, image] of world.engine.images) {
    const labels = Object.fromEntries(
      Object.entries(image.labels).map(([key, value]) => [key, value + hostileText]),
    );
    world.engine.images.set(reference, { ...image, labels, tags: [...image.tags, hostileText] });
  }
  world.addProfile('dev', { authDir });
  for (const directory of [authDir, loginDir, `${home}/.claude-auth-dev`]) {
    const files = world.store.directory(directory);
    files.set(
      '.claude.json',
      JSON.stringify({
        oauthAccount: {
          emailAddress: `ada${hostileText}@example.com`,
          organizationName: `Engines ${hostileText}`,
        },
        hasCompletedOnboarding: true,
        projects: { [`/work ${hostileText}`]: { hasTrustDialogAccepted: true } },
      }),
    );
    files.set(
      '.credentials.json',
      JSON.stringify({
        claudeAiOauth: {
          accessToken: 'sk-ant-oat01-TEST-hostile',
          refreshToken: 'sk-ant-ort01-TEST-hostile',
          expiresAt: startOfTest + 600_000,
          scopes: ['user:inference', `user:profile${hostileText}`],
          subscriptionType: `max${hostileText}`,
        },
      }),
    );
    files.set(`todos/${hostileText}`, hostileText);
    files.set('settings.json', JSON.stringify({ apiKeyHelper: hostileText, env: { [hostileText]: 'x' } }));
  }
  const service = {
    name: `web${hostileText}`,
    mounts: [{ source: authDir, target: `/claude${hostileText}`, readOnly: true }],
    environment: { ANTHROPIC_API_KEY: hostileText, [hostileText]: 'x' },
    user: hostileText,
  };
  world.compose = { files: [`${home}/compose ${hostileText}.yml`], services: [service] };
  world.engine.foreign = [service];
  world.engine.outputs.set(service.name, `Error: Invalid API key ${hostileText}\n`);
  world.engine.swarm.join();
  world.engine.swarm.addService(service.name);
  world.logged = [hostileText];
  return { ...world, authDir, loginDir };
};
