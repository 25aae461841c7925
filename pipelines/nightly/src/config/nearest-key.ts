import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

/**
 * What to say of a key that the schema does not know: the nearest one that it does, or all of them where none is near.
 *
 * @param path - Keys from the schema's root to the object that holds the unknown key.
 */
export function unknownKeyProblem(
  schema: z.ZodType,
  path: readonly PropertyKey[],
  key: string,
): string {
  const known = keysAt(schema, path);
  const [nearest] = known.toSorted((a, b) => distance(key, a) - distance(key, b));
  if (nearest !== undefined && distance(key, nearest) <= Math.max(2, key.length / 3)) {
    return `unknown key ${key}; did you mean ${nearest}?`;
  }
  return `unknown key ${key}; accepted: ${known.join(', ')}`;
}

function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at: unknown = unwrap(schema);
  for (const key of path)
    at = at instanceof z.ZodObject ? unwrap(at.shape[String(key)]) : undefined;
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** Without the wrappers that give a default or make it optional; of alternatives the one that has keys. */
function unwrap(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodDefault || at instanceof z.ZodPrefault || at instanceof z.ZodOptional) {
    at = at.unwrap();
  }
  return at instanceof z.ZodUnion ? at.options.find((option) => option instanceof z.ZodObject) : at;
}
