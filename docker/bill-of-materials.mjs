// Writes the setup image's bill of materials (CycloneDX): the CLI, Node, and what the base's package manager knows of. There
// is no time and no random number in it, so that the same image is made of the same bytes.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';

const [program = '', version = '', file = ''] = process.argv.slice(2);

const hash = createHash('sha256');
for await (const chunk of createReadStream(program)) hash.update(chunk);

const release = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
const distribution = /^ID="?([\w.-]+)/m.exec(release)?.[1] ?? 'linux';
const managers = [
  ['deb', 'dpkg-query', ['-W', '-f', '${Package} ${Version} ${Architecture}\\n']],
  ['rpm', 'rpm', ['-qa', '--qf', '%{NAME} %{VERSION}-%{RELEASE} %{ARCH}\\n']],
];
const packages = managers.flatMap(([kind, command, args]) => {
  try {
    const text = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return text
      .trim()
      .split('\n')
      .sort()
      .map((line) => {
        const [name, installed, architecture] = line.split(' ');
        const purl = `pkg:${kind}/${distribution}/${encodeURIComponent(name)}@${encodeURIComponent(installed)}?arch=${architecture}`;
        return { type: 'library', name, version: installed, purl };
      });
  } catch {
    // This base has another package manager, or none.
    return [];
  }
});

const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: { component: { type: 'container', name: 'claude-setup' } },
  components: [
    {
      type: 'application',
      name: '@anthropic-ai/claude-code',
      version,
      purl: `pkg:npm/%40anthropic-ai/claude-code@${version}`,
      hashes: [{ alg: 'SHA-256', content: hash.digest('hex') }],
    },
    { type: 'platform', name: 'node', version: process.versions.node },
    ...packages,
  ],
};
writeFileSync(file, `${JSON.stringify(bill)}\n`, { mode: 0o644 });
