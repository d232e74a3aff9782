import { comments, configDirectory, type ExportFormat, limits, setupImage } from './export-format.ts';
import { leaseVersion, secretVersions } from './versions.ts';

/** Where the secret's files are; the config directory itself must be writable. */
const leaseDirectory = '/run/claude-setup';

/** Puts the files where the CLI looks: the login as a link, the state as a copy, because the CLI rewrites that one. */
const prepare = (files: readonly string[]): string =>
  files
    .map((file) =>
      file === '.credentials.json'
        ? `ln -sf ${leaseDirectory}/${file} ${configDirectory}/${file}`
        : `cp ${leaseDirectory}/${file} ${configDirectory}/${file} && chmod 600 ${configDirectory}/${file}`,
    )
    .join(' && ');

/** A Secret and a Deployment that mounts it. */
export const kubernetes: ExportFormat = {
  format: 'kubernetes',
  summary: 'a Secret and a Deployment (holds a token)',
  options: ['image', 'service', 'namespace'],
  names: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
  holdsToken: true,
  render: ({ profile, image, service, namespace }, lease) => {
    const parts = secretVersions(lease);
    const names = parts.map(({ file }) => file);
    const place = namespace === null ? {} : { namespace };
    const labels = { 'app.kubernetes.io/managed-by': 'claude-setup', 'claude-setup/profile': profile };
    // Names of objects have no underscores there.
    const secretName = `claude-setup-${profile.replaceAll('_', '-')}-${leaseVersion(lease)}`;
    const endsAt = new Date(lease.expiresAt).toISOString();
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: secretName, ...place, labels, annotations: { 'claude-setup/ends-at': endsAt } },
      type: 'Opaque',
      immutable: true,
      stringData: Object.fromEntries(parts.map(({ file, content }) => [file, content])),
    };
    const hardened = {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: false,
      capabilities: { drop: ['ALL'] },
    };
    const mounts = [
      { name: 'config', mountPath: configDirectory },
      { name: 'lease', mountPath: leaseDirectory, readOnly: true },
    ];
    const selector = { 'app.kubernetes.io/name': service };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: service, ...place, labels: { ...labels, ...selector } },
      spec: {
        replicas: 1,
        selector: { matchLabels: selector },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
        template: {
          metadata: { labels: { ...labels, ...selector } },
          spec: {
            automountServiceAccountToken: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 1000,
              runAsGroup: 1000,
              fsGroup: 1000,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            initContainers: [
              {
                name: 'claude-setup',
                image,
                command: ['sh', '-c', prepare(names)],
                securityContext: hardened,
                volumeMounts: mounts,
              },
            ],
            containers: [
              {
                name: service,
                image,
                ...(image === setupImage ? { command: ['sleep', 'infinity'] } : {}),
                env: [{ name: 'CLAUDE_CONFIG_DIR', value: configDirectory }],
                resources: { limits: { memory: limits.kubernetesMemory } },
                securityContext: hardened,
                volumeMounts: mounts,
              },
            ],
            volumes: [
              { name: 'config', emptyDir: { medium: 'Memory' } },
              {
                name: 'lease',
                // 0400; the kubelet lets the fsGroup read it too.
                projected: {
                  defaultMode: 0o400,
                  sources: [
                    { secret: { name: secretName, items: names.map((key) => ({ key, path: key })) } },
                  ],
                },
              },
            ],
          },
        },
      },
    };
    const lines = [
      ...comments('#', [
        `The login of the profile ${profile} for Kubernetes. It holds an access token, which ends at ${endsAt}:`,
        `  claude-setup export ${profile} --format kubernetes | kubectl apply -f -`,
        'A new lease has a Secret of a new name, so that the Deployment replaces its pods one by one. To keep it fresh:',
        `  claude-setup watch ${profile} --on-change 'claude-setup export ${profile} --format kubernetes | kubectl apply -f -'`,
        `Old ones: kubectl get secrets -l claude-setup/profile=${profile} --sort-by=.metadata.creationTimestamp`,
        'Into a Deployment of your own go its volumes, the volumeMounts and the init container. Mount the directory, not single files with subPath: those never see a change.',
      ]),
      ...[secret, deployment].flatMap((document) => ['---', JSON.stringify(document, null, 2)]),
      '',
    ];
    return [{ name: `claude-${profile}-kubernetes.yaml`, content: lines.join('\n') }];
  },
};
