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
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_NESTING) throw irError('ir.too-deep', { limit: MAX_NESTING });
    const below: unknown[] = [];
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue;
      for (const child of Object.values(item)) {
        if (typeof child === 'object' && child !== null) below.push(child);
      }
    }
    level = below;
  }
}
