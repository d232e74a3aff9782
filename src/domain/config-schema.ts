import * as z from 'zod/mini';
import { type Config, defaultImageSettings } from './config.ts';
import { profileName, runtimeKinds, signInMethods } from './profile.ts';
import { isSamePublication } from './publication.ts';

/** The version of the configuration file that this release writes. */
export const configVersion = 1;

const profileSchema = z.looseObject({
  name: z.string().check(z.refine((name) => profileName(name).ok, 'is not a profile name')),
  authDir: z.string().check(z.startsWith('/', 'is not an absolute path')),
  runtime: z.enum(runtimeKinds),
  leaveOut: z.prefault(z.nullable(z.array(z.string())), null),
});

const imageSchema = z.looseObject({
  base: z.prefault(z.string(), defaultImageSettings.base),
  cliVersion: z.prefault(z.string(), defaultImageSettings.cliVersion),
  caFile: z.prefault(z.nullable(z.string()), null),
  httpProxy: z.prefault(z.nullable(z.string()), null),
  httpsProxy: z.prefault(z.nullable(z.string()), null),
  noProxy: z.prefault(z.nullable(z.string()), null),
  extraHosts: z.prefault(z.array(z.string()), []),
});

const wizardSchema = z.object({
  runtime: z.nullable(z.enum(runtimeKinds)),
  profile: z.nullable(z.string()),
  method: z.nullable(z.enum(signInMethods)),
});

const publicationSchema = z.looseObject({
  profile: z.string(),
  directory: z.string().check(z.startsWith('/', 'is not an absolute path')),
  full: z.prefault(z.boolean(), false),
  owner: z.prefault(z.nullable(z.object({ uid: z.int(), gid: z.int() })), null),
  written: z.prefault(
    z.looseObject({
      logins: z.prefault(z.array(z.string()), []),
      states: z.prefault(z.array(z.string()), []),
    }),
    {},
  ),
});

/** The configuration file. Keys that this release does not know are kept. */
const configSchema = z.looseObject({
  version: z.literal(configVersion),
  defaultProfile: z.prefault(z.nullable(z.string()), null),
  profiles: z.prefault(z.array(profileSchema), []).check(
    z.refine((profiles) => new Set(profiles.map(({ name }) => name)).size === profiles.length, {
      error: 'names a profile twice',
    }),
  ),
  image: z.prefault(imageSchema, {}),
  signInHosts: z.optional(
    z.array(z.string().check(z.regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, 'is no host name in lower case'))),
  ),
  // Answers that can't be read are no reason to stop: the wizard asks again.
  wizard: z.optional(z.catch(z.nullable(wizardSchema), null)),
  publications: z.optional(z.array(publicationSchema)),
});

type Document = Readonly<Record<string, unknown>>;

/** Brings a document of the version it stands under to the next one. */
export type Migrations = Readonly<Record<number, (document: Document) => Document>>;

/** None yet: version 1 is the first. */
const migrations: Migrations = {};

/** What a configuration file's text comes to. */
export type ReadConfig =
  | { readonly kind: 'config'; readonly config: Config }
  /** Where it goes wrong, in a few words. */
  | { readonly kind: 'broken'; readonly problem: string }
  | { readonly kind: 'newer'; readonly version: number };

/** Reads the text of a configuration file, bringing an older one up to date. */
export const readConfig = (text: string, steps: Migrations = migrations): ReadConfig => {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { kind: 'broken', problem: 'it is not JSON' };
  }
  if (!isDocument(document)) return { kind: 'broken', problem: 'it is not a JSON object' };
  const { version } = document;
  if (typeof version === 'number' && version > configVersion) return { kind: 'newer', version };
  const parsed = configSchema.safeParse(migrate(document, steps));
  if (parsed.success) return { kind: 'config', config: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'broken', problem: `"${issue?.path.join('.')}": ${issue?.message}` };
};

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const migrate = (document: Document, steps: Migrations): Document => {
  const step = typeof document.version === 'number' ? steps[document.version] : undefined;
  return step === undefined ? document : migrate(step(document), steps);
};

/**
 * What to write for `next` when `previous` was read: keys that this release does not know stay where they were, also
 * when a use case has made an object anew.
 */
export const keepUnknownKeys = (previous: Config, next: Config): Config => ({
  ...previous,
  ...next,
  profiles: next.profiles.map((profile) => ({
    ...previous.profiles.find(({ name }) => name === profile.name),
    ...profile,
  })),
  image: { ...previous.image, ...next.image },
  ...(next.publications && {
    publications: next.publications.map((publication) => ({
      ...previous.publications?.find((known) => isSamePublication(known, publication)),
      ...publication,
    })),
  }),
});
