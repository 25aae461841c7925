import type { KvModel } from '@wavetune/cache-sizing';
import { measuredWindow, selectRequests } from '@wavetune/cachesim';
import { type RequestRange, shapeOf, type TraceColumns } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import { buildForest, type PrefixForest } from '@wavetune/prefix';
import type { JudgeOptions } from './judge.ts';
import { MIN_TUNED_REQUESTS, replayTunerError } from './replay-tuner-errors.ts';

/** What tuning stands on. Only judging looks at requests from `tunedEnd` on. */
export interface TuningGround {
  readonly trace: ReadTrace;
  readonly model: KvModel | undefined;
  readonly capacityBlocks: number;
  /** As the user said it. */
  readonly measureFrom: number;
  /** Requests `[0, tunedEnd)` tune. */
  readonly tunedEnd: number;
  /** Requests that judge. */
  readonly measured: RequestRange;
  /** The forest of the requests `[0, end)`; its blocks are those of the trace. */
  forestOf(end: number): PrefixForest;
}

/**
 * Splits a trace into what tunes and what judges.
 *
 * @throws WavetuneError `cachesim.length-only`, `cachesim.empty-window`, `replay-tuner.nothing-to-tune`
 */
export function groundOf(
  source: Pick<TuningGround, 'trace' | 'model' | 'capacityBlocks' | 'measureFrom'>,
): TuningGround {
  const { columns } = source.trace;
  const { requests } = shapeOf(columns);
  const tunedEnd = Math.floor(source.measureFrom * requests);
  measuredWindow(columns, tunedEnd);
  if (tunedEnd < MIN_TUNED_REQUESTS) {
    throw replayTunerError('replay-tuner.nothing-to-tune', {
      requests: tunedEnd,
      measureFrom: source.measureFrom,
    });
  }
  return {
    ...source,
    tunedEnd,
    measured: { begin: tunedEnd, end: requests },
    forestOf: forestsOf(columns),
  };
}

/** Forests of the first requests of a trace, each made once. */
export function forestsOf(columns: TraceColumns): TuningGround['forestOf'] {
  const forests = new Map<number, PrefixForest>();
  return (end) => {
    const first = (): TraceColumns =>
      selectRequests(
        columns,
        Uint32Array.from({ length: end }, (_, r) => r),
      );
    const forest = forests.get(end) ?? buildForest(first());
    forests.set(end, forest);
    return forest;
  };
}

/** What judging takes from the ground. */
export function judgeOptionsOf({
  trace,
  measured,
  model,
}: TuningGround): Omit<JudgeOptions, 'seed'> {
  return { columns: trace.columns, measured, prefill: model?.prefill };
}
