import { checkProblem, parseDtype, parseRouting, type TiledProblem } from '@wavetune/kernels';
import type { RawOptions } from './options.ts';

/**
 * One problem for each M of the command line.
 *
 * @throws WavetuneError `kernels.bad-problem`, `kernels.indivisible`, `kernels.bad-routing`
 */
export function problemsOf(raw: RawOptions): readonly TiledProblem[] {
  const dtype = parseDtype(raw.dtype);
  const l2 = raw.l2 === 'warm' ? 'warm' : 'cold';
  return raw.m.split(',').map((text) => {
    const m = Number(text);
    if (raw.experts === undefined) {
      return checkProblem({ kind: 'dense', dtype, m, n: raw.n, k: raw.k, l2 });
    }
    return checkProblem({
      kind: 'moe',
      dtype,
      m,
      hidden: raw.k,
      width: raw.n,
      experts: raw.experts,
      ep: raw.ep,
      topK: raw['top-k'],
      routing: parseRouting(raw.routing),
      l2,
    });
  });
}
