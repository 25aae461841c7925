import { type PrefillCost, prefillSeconds } from '@wavetune/cache-sizing';
import { bootstrapDifference, type RatioDifference } from '@wavetune/cachesim';
import { formatCount, NONE, type RequestRange, type TraceColumns } from '@wavetune/core';

/** Hit tokens of every request of a replay; shape `[requests]`. */
export type RequestTokens = Float64Array;

/** One side of a comparison, over the measured window. */
export interface Figure {
  readonly hitTokens: number;
  readonly hitRatio: number | undefined;
  /** Modelled; undefined without a model. */
  readonly savedPrefillSeconds: number | undefined;
}

/** Ours against a default on requests that neither was tuned on. */
export interface Judgement {
  readonly verdict: 'use' | 'keep default';
  readonly reason: string;
  readonly theirs: Figure;
  readonly ours: Figure;
  /** Undefined where the window is too short to say how sure the difference is, or holds no tokens. */
  readonly gain: RatioDifference | undefined;
}

/** A side with its name, as the reason calls it. */
export interface Side {
  readonly label: string;
  readonly tokens: RequestTokens;
}

/** What judging needs beside the two sides. */
export interface JudgeOptions {
  readonly columns: TraceColumns;
  readonly measured: RequestRange;
  readonly prefill: PrefillCost | undefined;
  readonly seed: number;
}

/** Chosen: groups of neighbouring requests to draw from, where a log names no sessions. */
const GROUPS = 60;

/**
 * `use` iff ours hits more tokens on the measured window, by more than the standard error of a paired bootstrap of the
 * difference; whole sessions are drawn where the log names them, else runs of neighbouring requests.
 */
export function judge(theirs: Side, ours: Side, options: JudgeOptions): Judgement {
  const { columns, measured } = options;
  const requests = measured.end - measured.begin;
  const sides = {
    theirs: figureOf(theirs.tokens, options),
    ours: figureOf(ours.tokens, options),
  };
  if (requests < 2) {
    const reason = 'the measured window has a single request: too few to say how sure a gain is';
    return { verdict: 'keep default', reason, ...sides, gain: undefined };
  }
  if (sides.ours.hitRatio === undefined) {
    const reason = 'the measured window has no prompt tokens: there is nothing to gain on it';
    return { verdict: 'keep default', reason, ...sides, gain: undefined };
  }
  const gain = bootstrapDifference(columns, ours.tokens, theirs.tokens, {
    measured,
    by: hasSessions(columns, measured)
      ? { kind: 'sessions' }
      : { kind: 'requests', count: Math.ceil(requests / Math.min(GROUPS, requests)) },
    seed: options.seed,
  });
  const verdict = gain.difference > gain.standardError ? 'use' : 'keep default';
  return { verdict, reason: reasonOf(theirs, ours, { ...sides, gain, requests }), ...sides, gain };
}

/** Hits of one replay over the measured window. */
export function figureOf(
  tokens: RequestTokens,
  { columns, measured, prefill }: Omit<JudgeOptions, 'seed'>,
): Figure {
  let hitTokens = 0;
  let squares = 0;
  let inputTokens = 0;
  for (let r = measured.begin; r < measured.end; r++) {
    hitTokens += tokens[r];
    squares += tokens[r] ** 2;
    inputTokens += columns.inputTokens[r];
  }
  return {
    hitTokens,
    hitRatio: inputTokens > 0 ? hitTokens / inputTokens : undefined,
    savedPrefillSeconds: prefill && prefillSeconds(prefill, hitTokens, squares),
  };
}

function reasonOf(
  theirs: Side,
  ours: Side,
  found: Pick<Judgement, 'theirs' | 'ours'> & {
    readonly gain: RatioDifference;
    readonly requests: number;
  },
): string {
  const { gain, requests } = found;
  const difference = found.ours.hitTokens - found.theirs.hitTokens;
  if (ours.label === theirs.label)
    return `nothing else was better than ${theirs.label} when choosing`;
  const points = (value: number): string => (100 * value).toFixed(2);
  const sign = difference < 0 ? '' : '+';
  return (
    `${ours.label} against ${theirs.label}: ${sign}${formatCount(difference)} hit tokens, ` +
    `${sign}${points(gain.difference)} points of the prompt tokens with a standard error of ${points(gain.standardError)}, ` +
    `on the last ${formatCount(requests)} requests`
  );
}

function hasSessions({ sessions }: TraceColumns, { begin, end }: RequestRange): boolean {
  const named = new Set<number>();
  for (let r = begin; r < end; r++) if (sessions[r] !== NONE) named.add(sessions[r]);
  return named.size >= 2;
}
