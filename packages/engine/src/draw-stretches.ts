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
 * Cost: of the groups and the parts, whatever rows they hold.
 *
 * @param groups - In file order.
 */
export function drawStretches(
  groups: readonly Stretch[],
  { rows, parts, rng }: { readonly rows: number; readonly parts: number; readonly rng: Rng },
): readonly Stretch[] {
  const length = Math.max(1, Math.floor(rows / parts));
  const filled = shuffled(
    groups.filter((group) => group.rows > 0),
    rng,
  );
  const draws = filled.map((group) => ({ ...group, taken: new Set<number>() }));
  const drawn: Stretch[] = [];
  for (
    let open = draws;
    open.length > 0;
    open = open.filter((d) => d.taken.size < piecesOf(d, length))
  ) {
    for (const draw of open) {
      if (drawn.length === parts) return inFileOrder(drawn);
      drawn.push(nextPiece(draw, length, rng));
    }
  }
  return inFileOrder(drawn);
}

function piecesOf({ rows }: Stretch, length: number): number {
  return Math.max(1, Math.floor(rows / length));
}

/** One of the pieces that are not taken yet: the n-th of those, found by stepping over the taken ones below it. */
function nextPiece(
  group: Stretch & { readonly taken: Set<number> },
  length: number,
  rng: Rng,
): Stretch {
  const { file, begin, rows, taken } = group;
  let piece = rng.nextBelow(piecesOf(group, length) - taken.size);
  for (const other of [...taken].sort((a, b) => a - b)) if (other <= piece) piece++;
  taken.add(piece);
  return { file, begin: begin + piece * length, rows: Math.min(rows, length) };
}

function inFileOrder(stretches: readonly Stretch[]): readonly Stretch[] {
  return stretches.toSorted((a, b) => a.file - b.file || a.begin - b.begin);
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
