import type { ImageSettings } from '../domain/config.ts';
import type { Result } from '../domain/failure.ts';
import type { ImagePlan } from './engine.ts';

/** The files under `docker/` that the setup image is built from. */
export interface ImageSource {
  /** The build's plan for these settings: its reference carries the hash of every input. `image.source-missing` when a file is not there. */
  plan(settings: ImageSettings): Promise<Result<ImagePlan>>;
}
