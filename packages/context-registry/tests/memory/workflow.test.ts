import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkflowWatch } from '../../src/memory/workflow.ts';

describe('createWorkflowWatch', () => {
  it('counts the steps from what runs now, around cycles too', () => {
    const steps = [
      ['plan', 'write'],
      ['write', 'review'],
      ['review', 'write'],
      ['review', 'publish'],
    ] as const;
    const watch = createWorkflowWatch({ steps });
    expect(watch.stepsUntil('write')).toBeUndefined();
    watch.onRun('plan');
    expect(['plan', 'write', 'review', 'publish'].map(watch.stepsUntil)).toEqual([0, 1, 2, 3]);
    watch.onRun('review');
    expect(['plan', 'write', 'review', 'publish'].map(watch.stepsUntil)).toEqual([
      undefined,
      1,
      0,
      1,
    ]);
  });

  it('agrees with the shortest path from the last run in graphs with one start', () => {
    const edge = fc
      .tuple(fc.nat(6), fc.nat(6))
      .filter(([from, to]) => from !== to && to !== 0)
      .map(([from, to]) => [`a${from}`, `a${to}`] as const);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 15 }), fc.nat(6), (edges, last) => {
        const chain = [0, 1, 2, 3, 4, 5].map((at) => [`a${at}`, `a${at + 1}`] as const);
        const steps = [...chain, ...edges];
        const watch = createWorkflowWatch({ steps });
        watch.onRun('a0');
        watch.onRun(`a${last}`);
        const distances = relax(steps, `a${last}`);
        for (let agent = 0; agent <= 6; agent++) {
          expect(watch.stepsUntil(`a${agent}`)).toBe(distances.get(`a${agent}`));
        }
      }),
    );
  });

  it('refuses an agent that follows itself', () => {
    expect(() => createWorkflowWatch({ steps: [['a', 'a']] })).toThrow('memory.bad-workflow');
  });
});

/** Bellman-Ford with unit weights. */
function relax(steps: readonly (readonly [string, string])[], start: string) {
  const distances = new Map([[start, 0]]);
  for (let round = 0; round < steps.length; round++) {
    for (const [from, to] of steps) {
      const through = (distances.get(from) ?? Number.POSITIVE_INFINITY) + 1;
      if (through < (distances.get(to) ?? Number.POSITIVE_INFINITY)) distances.set(to, through);
    }
  }
  return distances;
}
