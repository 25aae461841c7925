import { createHash } from 'node:crypto';

/** What a sealed file says of itself, before its numbers. */
export interface SealedContent {
  readonly header: unknown;
  readonly payload: Uint8Array;
}

const DIGEST_BYTES = 32;
const NEW_LINE = 0x0a;

/**
 * A file whose damage shows: the schema's name in a line, a header in JSON in a line, bytes, and the SHA-256 of all that.
 *
 * @param schema - `name/version`.
 * @param payload - In order.
 */
export function* sealedParts(
  schema: string,
  header: unknown,
  payload: Iterable<Uint8Array>,
): Generator<Uint8Array> {
  const hash = createHash('sha256');
  const head = Buffer.from(`${schema}\n${JSON.stringify(header)}\n`);
  hash.update(head);
  yield head;
  for (const part of payload) {
    hash.update(part);
    yield part;
  }
  yield hash.digest();
}

/**
 * The content of a sealed file, after its digest was checked.
 *
 * @param refuse - Makes the error for a file that is torn or foreign, from what is wrong with it.
 */
export function openSealed(
  schema: string,
  bytes: Uint8Array,
  refuse: (reason: string) => Error,
): SealedContent {
  const schemaEnd = bytes.indexOf(NEW_LINE);
  const found = Buffer.from(bytes.subarray(0, Math.max(0, Math.min(schemaEnd, 64)))).toString();
  if (found !== schema) throw refuse(schemaReason(schema, found));
  const headerEnd = bytes.indexOf(NEW_LINE, schemaEnd + 1);
  const payloadEnd = bytes.length - DIGEST_BYTES;
  if (headerEnd === -1 || payloadEnd <= headerEnd) throw refuse('it ends too early');
  const digest = createHash('sha256').update(bytes.subarray(0, payloadEnd)).digest();
  if (!digest.equals(bytes.subarray(payloadEnd))) {
    throw refuse('its checksum is not that of its content: it was cut or changed');
  }
  const header = Buffer.from(bytes.subarray(schemaEnd + 1, headerEnd)).toString();
  const payload = bytes.subarray(headerEnd + 1, payloadEnd);
  try {
    return { header: JSON.parse(header), payload };
  } catch {
    throw refuse('its header is no JSON');
  }
}

function schemaReason(schema: string, found: string): string {
  const [name] = schema.split('/');
  return found.startsWith(`${name}/`)
    ? `it is ${found}; accepted is ${schema}`
    : `it does not begin with ${schema}`;
}
