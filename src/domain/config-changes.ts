import type { Config } from './config.ts';

/** The configuration after a profile got another name: everything that points to it follows. */
export const withRenamed = (config: Config, from: string, to: string): Config => {
  const renamed = (name: string | null) => (name === from ? to : name);
  return {
    ...config,
    defaultProfile: renamed(config.defaultProfile),
    profiles: config.profiles.map((profile) => (profile.name === from ? { ...profile, name: to } : profile)),
    ...(config.wizard && { wizard: { ...config.wizard, profile: renamed(config.wizard.profile) } }),
    ...(config.publications && {
      publications: config.publications.map((publication) =>
        publication.profile === from ? { ...publication, profile: to } : publication,
      ),
    }),
  };
};

/** The configuration without a profile, and without anything that points to it. */
export const withoutProfile = (config: Config, name: string): Config => ({
  ...config,
  defaultProfile: config.defaultProfile === name ? null : config.defaultProfile,
  profiles: config.profiles.filter((profile) => profile.name !== name),
  // The answers of a wizard about a profile that is gone lead nowhere.
  ...(config.wizard?.profile === name && { wizard: null }),
  ...(config.publications && {
    publications: config.publications.filter(({ profile }) => profile !== name),
  }),
});
