#!/usr/bin/env node
// Old releases of Node must be able to parse this file, so it only checks the version and hands over.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(
    `claude-setup can't start: it needs Node 22.12 or newer, and this is Node ${process.versions.node}. Fix: install a newer Node, or start it with "npm start" from a checkout, which brings its own\n`,
  );
  process.exit(3);
}
const { enableCompileCache } = await import('node:module');
enableCompileCache?.();
await import('../dist/main.js');
