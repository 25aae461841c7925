import type { Chunk, QueryEngine, Vector } from '@wavetune/engine';
import type { Quarantine } from '@wavetune/ingest';
import { asc, col, type Plan, sort } from '@wavetune/ir';
import type { TimeUnit, TraceSample } from '@wavetune/trace';
import { createEventRecorder, type EventRecorder } from './event-columns.ts';
import { eventError } from './event-errors.ts';
import type { EventStream } from './event-stream.ts';
import { itemLogPlan } from './item-log-plan.ts';

/** What a user can say of an item log. */
export interface ItemLogOptions {
  /** The actions that ask the cache; empty for all. */
  readonly requestActions: readonly string[];
  readonly timeUnit: TimeUnit;
  /** Of a value where the log has no size. */
  readonly valueBytes: number;
  /** Share of bad records past which nothing is read. */
  readonly maxBadRatio: number;
}

/** How an item log is read. */
export interface ItemLogSource {
  /** One a file, in their order. */
  readonly samples: readonly TraceSample[];
  readonly engine: QueryEngine;
  readonly quarantine: Quarantine;
}

/**
 * Reads item events, chunk by chunk; bad records go to the quarantine.
 *
 * @throws WavetuneError `events.missing-columns`, `events.none`, `events.no-requests`, `events.too-many-bad`; `engine.*`.
 */
export async function readItemLog(
  { samples, engine, quarantine }: ItemLogSource,
  options: ItemLogOptions,
): Promise<EventStream> {
  const recorder = createEventRecorder();
  let records = 0;
  for (const sample of samples) {
    const plan = inFileOrder(itemLogPlan(sample, options.timeUnit), engine);
    for await (const chunk of engine.stream(plan)) {
      records += chunk.rowCount;
      readChunk(chunk, { recorder, quarantine, options, path: sample.path });
      await quarantine.flush();
    }
  }
  const bad = quarantine.count();
  if (bad > options.maxBadRatio * records) {
    const { file, record, reason } = quarantine.examples[0];
    const details = { bad, records, example: `${file}:${record}: ${reason}` };
    throw eventError('events.too-many-bad', details);
  }
  const paths = samples.map(({ path }) => path);
  if (records === bad) throw eventError('events.none', { paths });
  const { columns, outOfOrder } = recorder.finish();
  if (!columns.isRequest.includes(1)) {
    const { requestActions: actions } = options;
    throw eventError('events.no-requests', { actions, found: columns.names.actions.slice(0, 8) });
  }
  return { columns, source: 'item log', badRecords: bad, outOfOrder };
}

function inFileOrder(plan: Plan, { keepsFileOrder }: QueryEngine): Plan {
  return keepsFileOrder ? plan : sort(plan, asc(col('record')));
}

interface Sink {
  readonly recorder: EventRecorder;
  readonly quarantine: Quarantine;
  readonly options: ItemLogOptions;
  readonly path: string;
}

function readChunk({ rowCount, columns }: Chunk, sink: Sink): void {
  const { recorder, quarantine, options, path } = sink;
  const [record, reason, badText, time, user, action, item, category, size] = columns;
  const [reasons, quoted] = [textsOf(reason), textsOf(badText)];
  const [users, actions, items, categories] = [user, action, item, category].map(textsOf);
  const [times, sizes] = [numbersOf(time), numbersOf(size)];
  for (let row = 0; row < rowCount; row++) {
    const fault = reasons[row];
    if (fault !== null) {
      const text = quoted[row];
      const place = { file: path, record: recordAt(record, row), reason: fault };
      quarantine.add(text === null ? place : { ...place, text });
      continue;
    }
    recorder.add({
      timeMillis: times[row],
      user: users[row] ?? '',
      action: actions[row] ?? '',
      item: items[row] as string,
      category: categories[row] ?? '',
      isRequest: isRequest(options.requestActions, actions[row] ?? ''),
      sizeBytes: size.isNull(row) ? options.valueBytes : Math.round(sizes[row]),
    });
  }
}

function isRequest(actions: readonly string[], action: string): boolean {
  return actions.length === 0 || actions.includes(action);
}

function textsOf(vector: Vector): readonly (string | null)[] {
  if (vector.kind === 'text') return vector.values;
  throw new Error(`the plan of item events gave ${vector.kind} where text was planned`);
}

function numbersOf(vector: Vector): Float64Array {
  if (vector.kind === 'f64') return vector.values;
  throw new Error(`the plan of item events gave ${vector.kind} where f64 was planned`);
}

function recordAt(vector: Vector, row: number): number {
  if (vector.kind === 'i64') return Number(vector.values[row]);
  throw new Error(`the plan of item events gave ${vector.kind} where i64 was planned`);
}
