import { type Pack, pack } from 'tar-stream';

/** An empty archive to write into. In a file of its own, so that it is loaded only when something is sealed. */
export const newArchive = (): Pack => pack();
