/** `node benchmarks/prefix/run.ts [references…]`: median times of the prefix kernels beside naive ones, 1 M and 10 M unless told. */

import { formatCount, shapeOf, type TraceColumns } from '@wavetune/core';
import {
  buildForest,
  countCeilingHits,
  countExtents,
  countTenants,
  describeCohorts,
  EXACT_PIN_CELLS,
  expandBlocks,
  keepAll,
  layoutPages,
  measureReuse,
  type PrefixForest,
  planWaves,
  scoreCohorts,
  selectPins,
  selectTopCohorts,
  verifyColumns,
  WAVE_DEFAULTS,
} from '@wavetune/prefix';
import {
  buildNaiveForest,
  countNaiveCeiling,
  countNaiveExtents,
  type NaiveForest,
  selectNaiveTop,
} from './naive-shape.ts';
import { chatColumns } from './synthetic-chat.ts';

const REPEATS = 7;
const SEED = 1;
const NAIVE_REPEATS = 1;
const BYTES_PER_TOKEN = 131_072;
const GIB = 2 ** 30;

interface Kernel {
  readonly name: string;
  readonly run: () => unknown;
  readonly naive?: () => unknown;
}

function kernelsOf(columns: TraceColumns, forest: PrefixForest, naive: NaiveForest) {
  const { requests } = shapeOf(columns);
  const size = { per: 'token', bytes: BYTES_PER_TOKEN } as const;
  const kept = keepAll(forest);
  const decay = { halfLifeMillis: 600_000, asOfMillis: columns.timeMillis[requests - 1] };
  const hottest = () => countExtents(forest, layoutPages(forest, 'hottest', kept)).extents;
  const pins = () =>
    selectPins(forest, { budgetBytes: 400 * GIB, size, exactCells: EXACT_PIN_CELLS });
  const layout = layoutPages(forest, 'packed', pins().kept);
  const pageBytes = columns.blockSize * BYTES_PER_TOKEN;
  return [
    { name: 'verifyColumns', run: () => verifyColumns(columns) },
    {
      name: 'buildForest',
      run: () => buildForest(columns),
      naive: () => buildNaiveForest(columns),
    },
    { name: 'expandBlocks', run: () => expandBlocks(forest) },
    {
      name: 'ceiling',
      run: () => countCeilingHits(columns, { begin: 0, end: requests }).hitTokens,
      naive: () => countNaiveCeiling(columns),
    },
    {
      name: 'top 100 cohorts',
      run: () => selectTopCohorts(forest, 100),
      naive: () => selectNaiveTop(naive, 100),
    },
    { name: 'popularity', run: () => scoreCohorts(columns, forest, decay) },
    { name: 'tenants', run: () => countTenants(columns, forest) },
    {
      name: 'describe 100 cohorts',
      run: () =>
        describeCohorts(columns, forest, { selected: selectTopCohorts(forest, 100), size, decay }),
    },
    {
      name: 'reuse of all cohorts',
      run: () => measureReuse(columns, forest, selectTopCohorts(forest, forest.counts.length)),
    },
    {
      name: 'extents, arrival',
      run: () => countExtents(forest, layoutPages(forest, 'arrival', kept)),
    },
    { name: 'extents, hottest', run: hottest, naive: () => countNaiveExtents(columns, naive) },
    {
      name: 'extents, packed',
      run: () => countExtents(forest, layoutPages(forest, 'packed', kept)),
    },
    { name: 'pins, 400 GiB', run: pins },
    {
      name: 'waves, 32',
      run: () => planWaves(columns, forest, { ...WAVE_DEFAULTS, waves: 32, pageBytes, layout }),
    },
  ] satisfies readonly Kernel[];
}

function medianMillis(run: () => unknown, repeats: number): number {
  const times = Array.from({ length: repeats }, () => {
    const begin = performance.now();
    run();
    return performance.now() - begin;
  });
  return times.toSorted((a, b) => a - b)[repeats >> 1];
}

function measure(references: number): void {
  const columns = chatColumns(references, SEED);
  const forest = buildForest(columns);
  const shape = shapeOf(columns);
  console.log(
    `\n${formatCount(shape.references)} references, ${formatCount(shape.distinctBlocks)} blocks, ${formatCount(shape.requests)} requests, ${formatCount(forest.counts.length)} cohorts; median of ${REPEATS}, naive of ${NAIVE_REPEATS}`,
  );
  for (const { name, run, naive } of kernelsOf(
    columns,
    forest,
    buildNaiveForest(columns),
  ) as readonly Kernel[]) {
    const ours = medianMillis(run, REPEATS);
    const theirs = naive === undefined ? undefined : medianMillis(naive, NAIVE_REPEATS);
    const beside =
      theirs === undefined
        ? ''
        : `${theirs.toFixed(0).padStart(8)} ms naive, ${(theirs / ours).toFixed(0)}×`;
    console.log(`${name.padEnd(22)}${ours.toFixed(2).padStart(9)} ms ${beside}`);
  }
}

const sizes = process.argv.slice(2).map(Number);
for (const references of sizes.length > 0 ? sizes : [1e6, 1e7]) measure(references);
