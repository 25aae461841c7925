import type { Measurement } from './measurements.ts';
import type { MeasuredPair } from './pairs.ts';
import { samePolicy } from './policy.ts';
import type { TiledProblem } from './problem.ts';
import { vllm } from './strategies/vllm.ts';

/**
 * A sweep as pairs: each configuration of a problem against the engine's default there, or against the first that was
 * timed where the default was not.
 */
export function pairsOfMeasurements(measurements: readonly Measurement[]): readonly MeasuredPair[] {
  const problems = Map.groupBy(measurements, ({ problem, device }) =>
    JSON.stringify([device, problem]),
  );
  return [...problems.values()].flatMap((timed) => {
    const wanted = vllm.choose(timed[0].problem);
    const reference = timed.find(({ policy }) => samePolicy(policy, wanted)) ?? timed[0];
    return timed
      .filter((measurement) => measurement !== reference)
      .map((measurement) => ({
        device: measurement.device,
        model: modelOf(measurement.problem),
        problem: measurement.problem,
        before: measurement.policy,
        after: reference.policy,
        beforeMillis: measurement.seconds * 1e3,
        afterMillis: reference.seconds * 1e3,
      }));
  });
}

/** Shapes that belong to one model as far as a sweep tells. */
function modelOf(problem: TiledProblem): string {
  return problem.kind === 'dense'
    ? `dense ${problem.n}x${problem.k}`
    : `moe ${problem.hidden}x${problem.width}x${problem.experts}`;
}
