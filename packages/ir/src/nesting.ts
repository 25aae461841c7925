import { irError } from './ir-errors.ts';

/**
 * How deep the JSON of a plan may nest. Chosen: every traversal of ours and DuckDB's parser and planner pass it with room
 * to spare, and no plan of the product comes near it.
 */
export const MAX_NESTING = 400;

/**
 * Refuses deep nesting without recursion, so that whatever walks the value afterwards may recurse.
 *
 * @throws WavetuneError `ir.too-deep`
 */
export function checkNesting(value: unknown): void {
  if (nestsTooDeep(value)) throw irError('ir.too-deep', { limit: MAX_NESTING });
}

/** Cost: one walk, a level at a time, over the objects of a JSON value. */
export function nestsTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    const below: unknown[] = [];
    for (const item of level) addObjectsIn(item, below);
    if (below.length === 0) return false;
    level = below;
  }
  return true;
}

/** Keys of arrays are walked by number: by name they take ten times as long. */
function addObjectsIn(item: unknown, found: unknown[]): void {
  if (Array.isArray(item)) {
    for (const child of item) if (isObject(child)) found.push(child);
  } else if (isObject(item)) {
    for (const key in item) if (isObject(item[key])) found.push(item[key]);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
