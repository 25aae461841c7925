import { samePolicy, toPolicyFields } from '@wavetune/kernels';
import type { TunedProblem } from './report.ts';

/** What a sweep is to time for a problem, one JSON object a line: the default first, then the ranked tiles. */
export function sweepLines(
  device: string,
  { problem, ranking, decision }: TunedProblem,
): readonly string[] {
  const { policy: baseline } = decision.baseline;
  const others = ranking
    .map(({ policy }) => policy)
    .filter((policy) => !samePolicy(policy, baseline));
  const shape =
    problem.kind === 'dense'
      ? { m: problem.m, n: problem.n, k: problem.k }
      : {
          m: problem.m,
          n: problem.width,
          k: problem.hidden,
          experts: problem.experts / problem.ep,
          top_k: problem.topK,
        };
  return [baseline, ...others].map((policy) =>
    JSON.stringify({
      device,
      kind: problem.kind,
      dtype: problem.dtype,
      ...shape,
      policy: toPolicyFields(policy),
    }),
  );
}
