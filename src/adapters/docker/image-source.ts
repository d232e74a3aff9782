import { ok } from '../../domain/failure.ts';
import {
  imageBuildArgs,
  imageCliVersion,
  imageHash,
  imageLabels,
  latestTag,
} from '../../domain/image-plan.ts';
import type { ImageSource } from '../../ports/image-source.ts';
import { packContext, readCaFile, readSources } from './image-context.ts';

/** The setup image's source in a directory: the repository's `docker/`, or the installed package's. */
export const createImageSource = ({ dockerDir }: { readonly dockerDir: string }): ImageSource => ({
  async plan(settings) {
    const version = imageCliVersion(settings.cliVersion);
    if (!version.ok) return version;
    const sources = await readSources(dockerDir);
    if (!sources.ok) return sources;
    const authorities = settings.caFile === null ? ok([]) : await readCaFile(settings.caFile);
    if (!authorities.ok) return authorities;

    const files = [...sources.value, ...authorities.value];
    const hash = imageHash(settings, files);
    const reference = `claude-setup:${hash}`;
    return ok({
      settings,
      reference,
      request: {
        dockerfile: 'Dockerfile.claude-setup',
        tags: [reference, latestTag],
        labels: { [imageLabels.hash]: hash },
        buildArgs: imageBuildArgs(settings),
        extraHosts: settings.extraHosts,
        noCache: false,
      },
      context: () => packContext(files),
    });
  },
});
