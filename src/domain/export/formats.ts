import { compose } from './compose.ts';
import { devcontainer } from './devcontainer.ts';
import { dockerRun } from './docker-run.ts';
import { env } from './env.ts';
import type { ExportFormat } from './export-format.ts';
import { kubernetes } from './kubernetes.ts';
import { swarm } from './swarm.ts';
import { systemd } from './systemd.ts';

/** Every way to use a profile elsewhere, in the order that people are offered them. */
export const exportFormats: readonly ExportFormat[] = [
  compose,
  dockerRun,
  devcontainer,
  env,
  systemd,
  swarm,
  kubernetes,
];
