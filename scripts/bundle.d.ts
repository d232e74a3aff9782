import type { Metafile } from 'esbuild';

export declare const bundle: (entryPoint: string, outdir: string) => Promise<Metafile>;
export declare const bundleAroundCore: (
  entryPoint: string,
  core: readonly string[],
  outdir: string,
) => Promise<{ readonly core: Metafile; readonly rest: Metafile }>;
