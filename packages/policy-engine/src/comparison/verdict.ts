import type { CacheComparison } from '@wavetune/documents';

type Run = CacheComparison['runs'][number];

/**
 * Which planner to use: of those that beat the TTL rule by more than their interval, the one with the largest difference;
 * where there is none, none.
 */
export function verdictOf(runs: readonly Run[]): CacheComparison['verdict'] {
  const judged = runs.filter(({ isBound, planner }) => !isBound && planner !== 'none');
  const winners = judged.filter(({ verdict }) => verdict === 'beats');
  if (winners.length === 0) {
    const names = judged.map(({ planner }) => planner).join(', ') || 'no planner';
    const reason = `none of ${names} answers more requests than the TTL rule alone by more than its interval`;
    return { decision: 'keep the TTL rule', planner: null, reason };
  }
  const best = winners.reduce((a, b) =>
    b.difference.difference > a.difference.difference ? b : a,
  );
  return { decision: 'use', planner: best.planner, reason: reasonOf(best) };
}

function reasonOf({ planner, difference, againstPolicies, cost }: Run): string {
  const points = (ratio: number): string => `${ratio < 0 ? '' : '+'}${(100 * ratio).toFixed(2)}`;
  const gain = `${planner} answers ${points(difference.difference)} points of the requests more than the TTL rule alone (${points(difference.low)} to ${points(difference.high)})`;
  const loads = `for ${cost.loadsPerThousand.toFixed(0)} loads per 1,000 requests instead of ${cost.baselineLoadsPerThousand.toFixed(0)}`;
  const plain = againstPolicies.filter(
    (against) => against.policy !== 'optimum' && against.difference.high < 0,
  );
  const better = plain.map(({ policy }) => policy).join(', ');
  return plain.length === 0
    ? `${gain}, ${loads}`
    : `${gain}, ${loads}; without any planner ${better} would answer more still`;
}
