import { createFakeWorld } from '../fake-world.ts';

export const start = { screen: 'troubleshoot', profile: 'dev', failure: null } as const;

/** Nothing is wrong here until a test breaks it. */
export const healthyWorld = () => {
  const world = createFakeWorld();
  world.addImage();
  world.addProfile('dev');
  return world;
};
