import type { Rng } from '@wavetune/core';

/** Rows that lie together, as a row group does; `begin` counts from 0 within the file. */
export interface Stretch {
  /** Which of the source's files; 0 where the source is taken as one. */
  readonly file: number;
  readonly begin: number;
  readonly rows: number;
}

/**
 * At most `parts` stretches of equal length that do not overlap and hold about `rows` rows together: one of each group in
 * random order, a second of each once all have given one, and so on. Groups shorter than that length are given whole.
 *
 * @param groups - In file order.
 */
export function drawStretches(
  groups: readonly Stretch[],
  { rows, parts, rng }: { readonly rows: number; readonly parts: number; readonly rng: Rng },
): readonly Stretch[] {
  const length = Math.max(1, Math.floor(rows / parts));
  const pieces = shuffled(groups, rng).map((group) => shuffled(cut(group, length), rng));
  const rounds = Math.max(0, ...pieces.map((of) => of.length));
  const drawn = Array.from({ length: rounds }, (_, round) =>
    pieces.flatMap((of) => of.slice(round, round + 1)),
  );
  return drawn
    .flat()
    .slice(0, parts)
    .sort((a, b) => a.file - b.file || a.begin - b.begin);
}

function cut({ file, begin, rows }: Stretch, length: number): readonly Stretch[] {
  if (rows <= length) return rows === 0 ? [] : [{ file, begin, rows }];
  return Array.from({ length: Math.floor(rows / length) }, (_, i) => ({
    file,
    begin: begin + i * length,
    rows: length,
  }));
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], rng: Rng): readonly T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = rng.nextBelow(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
