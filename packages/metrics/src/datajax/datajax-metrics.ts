import type { DatajaxStep, DatajaxTrace, Type } from '@wavetune/ir';
import { byCodePoints } from '../code-points.ts';
import type { RuntimeCounters } from '../counters.ts';
import { columnsOf } from './columns-of.ts';
import { settleTrace } from './settle-trace.ts';

/** A plan's metrics as datajax prints them. */
export interface DatajaxMetrics {
  readonly steps_total: number;
  readonly transform_steps: number;
  readonly join_steps: number;
  readonly aggregate_steps: number;
  readonly repartition_steps: number;
  readonly estimated_input_rows: number;
  readonly estimated_row_size_bytes: number;
  readonly estimated_input_bytes: number;
  readonly estimated_shuffle_bytes: number;
  readonly expected_wgmma_occupancy: number;
  readonly predicted_l2_reuse: number | null;
  readonly pack_order_hint: readonly string[];
  readonly column_usage_counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly runtime_input_bytes: number | null;
  readonly runtime_shuffle_bytes: number | null;
  readonly runtime_wgmma_occupancy: number | null;
  readonly runtime_l2_reuse: number | null;
  readonly runtime_notes: readonly string[];
}

export interface DatajaxSample {
  readonly rows: number;
  /** Types of the sample's columns. */
  readonly types: ReadonlyMap<string, Type>;
  readonly worldSize: number;
  readonly counters?: RuntimeCounters;
}

/** What datajax takes for a column that its sample lacks. */
const UNKNOWN_BYTES = 16;

/**
 * datajax's own figures of a trace, formula for formula: every repartition and every join moves all rows of the input
 * once, × (w − 1) / w; occupancy = min(1, (t + 1) / (1 + max(shuffle, 1) / (row bytes + 1))) over t transforms; reuse =
 * the largest share of a column in all uses.
 *
 * @see strangeloopcanon/datajax at 413f09d, `datajax/planner/metrics.py`
 */
export function datajaxMetrics(trace: DatajaxTrace, sample: DatajaxSample): DatajaxMetrics {
  const { rows, worldSize, counters } = sample;
  const steps = settleTrace(trace);
  const count = (...types: readonly DatajaxStep['type'][]): number =>
    steps.filter(({ type }) => types.includes(type)).length;
  const transforms = count('map', 'filter', 'project');
  const [joins, aggregates] = [count('join'), count('aggregate')];
  const repartitions = count('repartition');
  const rowBytes = rowBytesOf(steps[0], sample);
  const moved = (worldSize - 1) / worldSize;
  const shuffleBytes = Math.trunc(rowBytes * rows * (repartitions + joins) * moved);
  const usage = usageOf(steps);
  const uses = Object.values(usage);
  const notes = Object.entries({ repartitions, joins, aggregations: aggregates });
  return {
    steps_total: steps.length,
    transform_steps: transforms,
    join_steps: joins,
    aggregate_steps: aggregates,
    repartition_steps: repartitions,
    estimated_input_rows: rows,
    estimated_row_size_bytes: rowBytes,
    estimated_input_bytes: rowBytes * rows,
    estimated_shuffle_bytes: shuffleBytes,
    expected_wgmma_occupancy: Math.min(
      1,
      (transforms + 1) / (1 + Math.max(shuffleBytes, 1) / (rowBytes + 1)),
    ),
    predicted_l2_reuse:
      uses.length === 0 ? null : Math.max(...uses) / uses.reduce((sum, n) => sum + n, 0),
    pack_order_hint: Object.keys(usage).sort((a, b) => usage[b] - usage[a] || byCodePoints(a, b)),
    column_usage_counts: usage,
    notes: notes.filter(([, n]) => n > 0).map(([what, n]) => `${what}=${n}`),
    runtime_input_bytes: truncated(counters?.inputBytes),
    runtime_shuffle_bytes: truncated(counters?.shuffleBytes),
    runtime_wgmma_occupancy: counters?.occupancy ?? null,
    runtime_l2_reuse: counters?.reuse ?? null,
    runtime_notes: counters?.notes ?? [],
  };
}

/** The items of the input's columns in pandas: 1 a bool, 8 a number, 8 what is held by reference, as text is before pandas 3. */
function rowBytesOf(input: DatajaxStep, { types }: DatajaxSample): number {
  if (input.type !== 'input') return 0;
  const bytes = input.schema.map((name) => {
    const type = types.get(name);
    if (type === undefined) return UNKNOWN_BYTES;
    return type.kind === 'bool' ? 1 : 8;
  });
  return bytes.reduce<number>((sum, n) => sum + n, 0);
}

/** In how many steps each column stands, read or written. */
function usageOf(steps: DatajaxTrace): Readonly<Record<string, number>> {
  const usage = new Map<string, number>();
  for (const step of steps) {
    for (const name of new Set(namesIn(step))) usage.set(name, (usage.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(usage);
}

function namesIn(step: DatajaxStep): readonly string[] {
  switch (step.type) {
    case 'map':
      return [...columnsOf(step.expr), step.output];
    case 'filter':
      return [...columnsOf(step.predicate)];
    case 'project':
      return step.columns;
    case 'aggregate':
      return [...columnsOf(step.key), ...columnsOf(step.value), step.key_alias, step.value_alias];
    case 'join':
      return [step.left_on, step.right_on, step.right_columns ?? []].flat();
    default:
      return [];
  }
}

function truncated(value: number | undefined): number | null {
  return value === undefined ? null : Math.trunc(value);
}
