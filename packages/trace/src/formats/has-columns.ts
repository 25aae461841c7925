import type { TraceSample } from '../trace-format.ts';

/**
 * What a sample shows of a format: all of `wanted` (a list stands for any one of it) and none of `unwanted`.
 *
 * @returns `keys a, b`, or undefined.
 */
export function hasColumns(
  { columns }: TraceSample,
  wanted: readonly (string | readonly string[])[],
  unwanted: readonly string[] = [],
): string | undefined {
  const names = new Set(columns.map(({ name }) => name));
  const found = wanted.map((name) => [name].flat().find((candidate) => names.has(candidate)));
  if (found.includes(undefined) || unwanted.some((name) => names.has(name))) return undefined;
  return `keys ${found.join(', ')}`;
}
