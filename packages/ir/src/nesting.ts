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

export function nestsTooDeep(value: unknown): boolean {
  let level: unknown[] = [value].filter(isObject);
  for (let depth = 0; depth <= MAX_NESTING; depth++) {
    level = level.flatMap((item) => Object.values(item as object).filter(isObject));
    if (level.length === 0) return false;
  }
  return true;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
