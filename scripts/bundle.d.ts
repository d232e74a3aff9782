import type { Metafile } from 'esbuild';

export declare const bundle: (entryPoint: string, outdir: string) => Promise<Metafile>;
