import { encodeCachePlan } from '@wavetune/documents';
import type { CachePlan } from '../../src/index.ts';

/** A plan of which only what is named matters, made now. */
export function planOf(over: Partial<CachePlan> = {}): CachePlan {
  const created = over.created ?? Date.now();
  return {
    schema: 'cache-plan/1',
    id: 'p1',
    window: 0,
    created,
    expires: created + 60_000,
    evict: [],
    prefetch: [],
    ...over,
  };
}

export function textOf(plan: CachePlan): string {
  return [...encodeCachePlan(plan)].join('');
}
