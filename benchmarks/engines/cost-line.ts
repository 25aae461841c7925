/** `fixedSeconds + secondsPerMillion × millions`. */
export interface CostLine {
  readonly fixedSeconds: number;
  readonly secondsPerMillion: number;
}

/** What a size cost. */
export interface Point {
  readonly millions: number;
  readonly seconds: number;
}

/**
 * The line with the least squares of relative errors, so that the smallest size counts as much as the largest; its fixed
 * cost is `leastFixedSeconds` or more. Undefined where there are not two sizes, or the larger took no longer: they are too
 * close then.
 */
export function fitLine(points: readonly Point[], leastFixedSeconds: number): CostLine | undefined {
  const sum = (term: (point: Point) => number): number =>
    points.reduce((total, point) => total + term(point) / point.seconds ** 2, 0);
  const [w, x, t] = [sum(() => 1), sum((p) => p.millions), sum((p) => p.seconds)];
  const [xx, xt] = [sum((p) => p.millions ** 2), sum((p) => p.millions * p.seconds)];
  const slope = (w * xt - x * t) / (w * xx - x * x);
  if (points.length < 2 || !(slope > 0)) return undefined;
  const fixedSeconds = Math.max((t - slope * x) / w, leastFixedSeconds);
  return { fixedSeconds, secondsPerMillion: (xt - fixedSeconds * x) / xx };
}

/** Slopes closer than this are one and the same to a measurement. */
const SAME_SLOPE = 0.05;

/** In words: from which size on `line` is below `other`. */
export function describeCrossing(line: CostLine, other: CostLine): string {
  const gain = other.secondsPerMillion - line.secondsPerMillion;
  if (Math.abs(gain) < SAME_SLOPE * other.secondsPerMillion) return 'the slopes are the same';
  if (gain < 0) return 'never, at these slopes on one machine';
  const millions = (line.fixedSeconds - other.fixedSeconds) / gain;
  return millions > 0 ? `from ${Number(millions.toPrecision(3))} M references on` : 'always';
}
