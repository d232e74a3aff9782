import * as z from 'zod/mini';
import type { ImageInfo } from '../../ports/engine.ts';
import type { EngineApi } from './engine-api.ts';
import { EngineRefusal } from './engine-errors.ts';

const inspectLimitMs = 10_000;

const imageSchema = z.object({
  Id: z.string(),
  RepoTags: z.nullish(z.array(z.string())),
  Created: z.string(),
  Size: z.number(),
  Config: z.nullish(
    z.object({
      Labels: z.nullish(z.record(z.string(), z.string())),
      User: z.optional(z.string()),
    }),
  ),
});

/** An image by reference or id; null when there is none. */
export const inspectImage = async (api: EngineApi, reference: string): Promise<ImageInfo | null> => {
  const path = `/images/${reference.split('/').map(encodeURIComponent).join('/')}/json`;
  try {
    const image = await api.json({ method: 'GET', path, limitMs: inspectLimitMs }, imageSchema);
    return {
      id: image.Id,
      tags: image.RepoTags ?? [],
      createdAt: Date.parse(image.Created),
      size: image.Size,
      labels: image.Config?.Labels ?? {},
      ...(image.Config?.User ? { user: image.Config.User } : {}),
    };
  } catch (error) {
    if (error instanceof EngineRefusal && error.status === 404) return null;
    throw error;
  }
};
