import { createRng } from '@wavetune/core';
import type { Plan } from '@wavetune/ir';
import { bootstrap, boundsOf, type SampleSeen, seenIn } from './bootstrap.ts';
import { type EstimateOptions, type Estimator, estimatorOf } from './estimate-plan.ts';
import { type Figure, improved } from './figure.ts';
import type { SampledRun } from './measured.ts';
import { measuredByPath, overlayMeasured, overlayNode } from './overlay-measured.ts';
import { type NodeMetrics, type PlanMetrics, withTotals } from './plan-metrics.ts';

/** Of the bounds, and how many samples of the sample they are read off. Chosen. */
const CONFIDENCE = 0.95;
const REPLICATES = 200;

/**
 * The metrics of a plan over all rows, from runs on a sample: what the sample showed is carried to all rows as
 * {@link estimatePlan} carries what it learned, and what does not depend on the sampled rows stays measured.
 *
 * Bounds are 95 % percentiles of a cluster bootstrap (Efron, Tibshirani, 1993): the stretches that were drawn are drawn
 * anew with replacement, 200 times, and each time all is carried anew. They hold what chance does to a sample of these
 * stretches, and not what a plan does otherwise than assumed, with one exception: of an aggregate, and so of what stands
 * above it, they reach from the groups that were seen to the most that the groups of one row leave possible. Times and
 * memory are those of the sample.
 *
 * Where all rows were drawn, everything is measured.
 *
 * @throws WavetuneError as {@link estimatePlan}, `metrics.missing-node`
 */
export function scaleSample(
  plan: Plan,
  sample: SampledRun,
  options: Omit<EstimateOptions, 'learned'>,
): PlanMetrics {
  const estimate = estimatorOf(plan);
  const estimated = estimate(options, 'expected');
  if (sample.parts.length === 0) return overlayMeasured(estimated, sample.whole);
  const measuredAt = measuredByPath(sample.whole);
  const carried = carry(estimate, seenIn(plan, sample), { options, seed: sample.seed });
  const depends = dependentsOf(estimated.nodes, sample.sampled);
  const nodes = estimated.nodes.map((node, at): NodeMetrics => {
    const measured = measuredAt(node.path);
    if (!depends.has(node.path)) return overlayNode(node, measured);
    const scaled = (key: FigureKey): Figure => improved(node[key], carried.figure(at, key));
    return {
      ...node,
      rows: scaled('rows'),
      rowBytes: scaled('rowBytes'),
      bytes: scaled('bytes'),
      columns: carried.expected.nodes[at].columns,
      seconds: measured.seconds,
    };
  });
  const { rows, ofRows, parts, seed } = sample;
  const drawn = { rows, ofRows, parts: parts.length, confidence: CONFIDENCE, seed };
  return withTotals({ ...estimated, nodes, run: sample.whole.run, sample: drawn });
}

type FigureKey = 'rows' | 'rowBytes' | 'bytes';

/** What the sample, and what it might have been, say of all rows. */
function carry(
  estimate: Estimator,
  seen: SampleSeen,
  { options, seed }: { readonly options: EstimateOptions; readonly seed: number },
) {
  const learned = { ...options, learned: seen.whole };
  const expected = estimate(learned, 'expected');
  const extremes = [estimate(learned, 'fewest'), estimate(learned, 'most')];
  const replicates = bootstrap(seen, REPLICATES, createRng(seed)).map((other) =>
    estimate({ ...options, learned: other }, 'expected'),
  );
  const figure = (at: number, key: FigureKey) => {
    const valueIn = ({ nodes }: PlanMetrics): number => nodes[at][key].value;
    const value = valueIn(expected);
    const within = [value, ...extremes.map(valueIn)];
    const bounds = boundsOf(replicates.map(valueIn), { confidence: CONFIDENCE, within });
    return { value, provenance: 'scaled', bounds } as const;
  };
  return { expected, figure };
}

/** Paths of the nodes that are, or stand above, one of these. */
function dependentsOf(
  nodes: readonly NodeMetrics[],
  paths: readonly string[],
): ReadonlySet<string> {
  const depends = new Set(paths);
  for (const { path, inputs } of nodes) {
    if (inputs.some((input) => depends.has(input))) depends.add(path);
  }
  return depends;
}
