import { byText } from '../context/top-of.ts';
import type { WindowContext } from '../context/window-context.ts';
import type { ScoreKeys } from './classical.ts';
import { fitLogistic, type Labelled, probabilityOf } from './logistic-regression.ts';
import { sessionKeys } from './markov.ts';

/** Windows whose rows the fit sees, windows for which a key stays a candidate, and candidates of a window. Chosen. */
const FIT_WINDOWS = 12;
const MEMORY_WINDOWS = 6;
const MOST_CANDIDATES = 500;

/** What is remembered of a key from window to window. */
interface Memory {
  /** Requests of the last windows, the newest first. */
  readonly requests: readonly number[];
  /** Decayed by half a window. */
  readonly level: number;
}

/**
 * Expects of keys what became of keys like them: a logistic regression of "was among the hot ones in the next window" on
 * what the context shows of a key, fitted anew for every plan to earlier windows alone. Until two windows have passed it
 * expects what the last one had.
 */
export function scoreByLearning(): ScoreKeys {
  let memories = new Map<string, Memory>();
  let open: readonly (readonly [string, readonly number[]])[] = [];
  const fitted: (readonly Labelled[])[] = [];
  return (context) => {
    const hot = new Set(context.topItems.map(({ key }) => key));
    if (open.length > 0)
      fitted.push(open.map(([key, features]) => ({ features, happened: hot.has(key) })));
    if (fitted.length > FIT_WINDOWS) fitted.shift();
    memories = remember(memories, context);
    open = featuresOf(context, memories);
    if (fitted.length === 0) {
      return new Map(context.topItems.map(({ key, requests }) => [key, requests]));
    }
    const weights = fitLogistic(fitted.flat(), FEATURES);
    return new Map(open.map(([key, features]) => [key, probabilityOf(weights, features)]));
  };
}

function remember(
  memories: ReadonlyMap<string, Memory>,
  context: WindowContext,
): Map<string, Memory> {
  const now = new Map(context.topItems.map(({ key, requests }) => [key, requests]));
  for (const key of sessionKeys(context).flat()) if (!now.has(key)) now.set(key, 0);
  for (const { like } of context.neighbours)
    for (const key of like) if (!now.has(key)) now.set(key, 0);
  const next = new Map<string, Memory>();
  for (const key of new Set([...now.keys(), ...memories.keys()])) {
    const before = memories.get(key);
    const requests = [now.get(key) ?? 0, ...(before?.requests ?? [])].slice(0, MEMORY_WINDOWS);
    if (!now.has(key) && requests.every((count) => count === 0)) continue;
    next.set(key, { requests, level: requests[0] + (before?.level ?? 0) / 2 });
  }
  const ranked = [...next].sort((a, b) => b[1].level - a[1].level || byText(a[0], b[0]));
  return new Map(ranked.slice(0, MOST_CANDIDATES));
}

/** One, four of the past, and six of what the context shows. */
const FEATURES = 11;

function featuresOf(
  context: WindowContext,
  memories: ReadonlyMap<string, Memory>,
): readonly (readonly [string, readonly number[]])[] {
  const hot = new Map(context.topItems.map((item) => [item.key, item]));
  const shares = new Map(
    context.topCategories.map(({ category, events }) => [category, events / context.events]),
  );
  const steps = countOf(sessionKeys(context).flat());
  const last = countOf(sessionKeys(context).map((keys) => keys[keys.length - 1]));
  const likes = countOf(context.neighbours.flatMap(({ like }) => like));
  return [...memories].map(([key, { requests, level }]) => {
    const item = hot.get(key);
    const features = [
      1,
      Math.log1p(requests[0]),
      Math.log1p(requests[1] ?? 0),
      Math.log1p(requests[2] ?? 0),
      Math.log1p(level),
      Math.log1p(item?.users ?? 0),
      typeof item?.ttlLeftSeconds === 'number' ? 1 : 0,
      shares.get(item?.category ?? '') ?? 0,
      Math.log1p(steps.get(key) ?? 0),
      Math.log1p(last.get(key) ?? 0),
      Math.log1p(likes.get(key) ?? 0),
    ];
    return [key, features] as const;
  });
}

function countOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}
