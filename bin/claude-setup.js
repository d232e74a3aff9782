#!/usr/bin/env node
// Old releases of Node must be able to parse this file, so it only checks the version and hands over.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `claude-setup can't start: it needs Node 22.12 or newer, and this is Node ${process.versions.node}. Fix: install a newer Node, or start it with "npm start" from a checkout, which brings its own\n`,
  );
  process.exit(3);
}
// Compiled code is kept for the next start, in a directory of the user's own: whoever could write into it could run code
// as them, and Node's default is below the temporary directory that everybody shares. Where nothing can be written,
// nothing is kept.
const { CLAUDE_SETUP_HOME: own, HOME: home, NODE_COMPILE_CACHE: given, XDG_CACHE_HOME: caches } = process.env;
const cache =
  given || (own && `${own}/cache`) || ((caches || home) && `${caches || `${home}/.cache`}/claude-setup`);
const { enableCompileCache } = await import('node:module');
const { existsSync } = await import('node:fs');
const { dirname } = await import('node:path');
// What it would be made in has to be there: below /proc, where nothing can be made, Node tries for ever.
if (cache && existsSync(dirname(own || caches || `${home}/.`))) enableCompileCache(cache);
await import('../dist/main.js');
