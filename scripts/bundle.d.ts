export declare const bundle: (entryPoint: string, outdir: string) => Promise<unknown>;
