import type { Metafile } from 'esbuild';

export declare const bundle: (entryPoint: string, outdir: string) => Promise<Metafile>;
export declare const bundleProgram: (outdir: string) => Promise<readonly Metafile[]>;
