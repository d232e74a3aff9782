import type { Metafile } from 'esbuild';

export declare const writeThirdParty: (metafiles: readonly Metafile[], outdir: string) => Promise<void>;
