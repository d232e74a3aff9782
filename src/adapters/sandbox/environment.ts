type Env = Readonly<Record<string, string | undefined>>;

/** What the CLI may know of this host: nothing that names another login or another config directory. */
const passedOn = [
  'PATH',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

/** The environment of the CLI in a sandbox with these private folders. */
export const sandboxEnvironment = (
  env: Env,
  { homeDir, configDir }: { readonly homeDir: string; readonly configDir: string },
): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
  HOME: homeDir,
  CLAUDE_CONFIG_DIR: configDir,
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  DISABLE_AUTOUPDATER: '1',
  // The CLI would open a browser by itself, unasked and maybe on the wrong screen; ours opens the link on a key.
  // It starts $BROWSER instead of xdg-open where that is set (seen with 2.1.330).
  BROWSER: 'true',
});
