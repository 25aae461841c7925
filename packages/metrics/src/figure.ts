/** Where a figure comes from, the weakest first: a later one replaces an earlier one. */
export const PROVENANCES = ['estimated', 'scaled', 'measured', 'counter'] as const;

/**
 * `estimated` from statistics and from what earlier runs taught, `scaled` from a run on a sample, `measured` in a run on
 * all rows, `counter` handed in by the user.
 */
export type Provenance = (typeof PROVENANCES)[number];

/** A number and where it comes from. */
export interface Figure {
  readonly value: number;
  readonly provenance: Provenance;
  /** What was estimated before anything was known better; equal to `value` while nothing is. */
  readonly estimated?: number;
  /** Within these lies the truth with the stated confidence; of a scaled figure alone. */
  readonly bounds?: Bounds;
}

export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export function estimatedFigure(value: number): Figure {
  return { value, provenance: 'estimated', estimated: value };
}

/** `figure` with a value that is known better; a figure that is known better still stays. */
export function improved(
  figure: Figure,
  by: { readonly value: number; readonly provenance: Provenance; readonly bounds?: Bounds },
): Figure {
  if (rank(by.provenance) < rank(figure.provenance)) return figure;
  const { value, provenance, bounds } = by;
  return {
    value,
    provenance,
    ...(figure.estimated === undefined ? {} : { estimated: figure.estimated }),
    ...(bounds === undefined ? {} : { bounds }),
  };
}

/** `factor` times the sum; it comes from where its weakest part comes from. */
export function sumOf(figures: readonly Figure[], factor: number): Figure {
  const total = (of: (figure: Figure) => number): number =>
    factor * figures.reduce((sum, figure) => sum + of(figure), 0);
  const ranks = figures.map(({ provenance }) => rank(provenance));
  const provenance = PROVENANCES[Math.min(...ranks, PROVENANCES.length - 1)];
  const isBounded = figures.some(({ bounds }) => bounds !== undefined);
  return {
    value: total(({ value }) => value),
    provenance: figures.length === 0 ? 'estimated' : provenance,
    ...(figures.every(({ estimated }) => estimated !== undefined)
      ? { estimated: total(({ estimated }) => estimated ?? 0) }
      : {}),
    ...(isBounded
      ? {
          bounds: {
            low: total(({ value, bounds }) => bounds?.low ?? value),
            high: total(({ value, bounds }) => bounds?.high ?? value),
          },
        }
      : {}),
  };
}

function rank(provenance: Provenance): number {
  return PROVENANCES.indexOf(provenance);
}
