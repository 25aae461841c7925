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

/** Cost: one walk, a level at a time, over the objects in the value. */
export function nestsTooDeep(value: unknown): boolean {
  let level: object[] = isObject(value) ? [value] : [];
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    const below: object[] = [];
    for (const item of level) {
      for (const child of Object.values(item)) if (isObject(child)) below.push(child);
    }
    if (below.length === 0) return false;
    level = below;
  }
  return true;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
