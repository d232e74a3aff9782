type Settings = Readonly<Record<string, unknown>> | null;

const envOf = (settings: Settings): Readonly<Record<string, unknown>> => {
  const env = settings?.env;
  return typeof env === 'object' && env !== null && !Array.isArray(env)
    ? (env as Record<string, unknown>)
    : {};
};

/** What is on for the CLI. */
const isOn = (value: unknown): boolean => /^\s*(?:1|true|yes|on)\s*$/i.test(String(value));

/**
 * Variables in the `env` block of `settings.json` with which the CLI says that nobody is logged in, however good the
 * login beside it is. Observed with 2.1.330, every name that it knows having been tried: two send it to another
 * directory, whatever their value, one switches logins off.
 */
export const hidingVariables = (settings: Settings): readonly string[] =>
  Object.entries(envOf(settings))
    .filter(
      ([name, value]) =>
        name === 'CLAUDE_CONFIG_DIR' ||
        (name === 'CLAUDE_SECURESTORAGE_CONFIG_DIR' && value !== '') ||
        (name === 'CLAUDE_CODE_SIMPLE' && isOn(value)),
    )
    .map(([name]) => name);

/** What in `settings.json` can outrank the login: a helper that gives API keys, or any variable. */
export const settingsOverrides = (settings: Settings): readonly string[] => [
  ...(typeof settings?.apiKeyHelper === 'string' && settings.apiKeyHelper !== ''
    ? ['apiKeyHelper in settings.json']
    : []),
  ...(Object.keys(envOf(settings)).length > 0 ? ['the env block in settings.json'] : []),
];
