import type { Rng } from '@wavetune/core';
import type { Plan } from '@wavetune/ir';
import type { Bounds } from './figure.ts';
import { bytesSeen, type Observation, type Observations, observationsOf } from './learn.ts';
import type { SampledRun } from './measured.ts';

/** What a sample showed as a whole, and each of its stretches. */
export interface SampleSeen {
  readonly whole: Observations;
  readonly parts: readonly Observations[];
}

export function seenIn(plan: Plan, sample: SampledRun): SampleSeen {
  const parts = sample.parts.map((part) => observationsOf(plan, part));
  const whole = [...observationsOf(plan, sample.whole)].map(([digest, seen]) => {
    if (seen.singletons === undefined) return [digest, seen] as const;
    const partGroups = sumOver(parts, digest, ({ rows }) => rows);
    return [digest, { ...seen, partGroups }] as const;
  });
  return { whole: new Map(whole), parts };
}

/**
 * What as many other samples might have shown: each is of as many stretches, drawn with replacement, and every count of the
 * whole is multiplied by what the drawn stretches have of it against all stretches. Groups stay: stretches share them, and
 * those that were seen are there.
 */
export function bootstrap(seen: SampleSeen, replicates: number, rng: Rng): readonly Observations[] {
  const { parts } = seen;
  return Array.from({ length: replicates }, () =>
    resampled(
      seen,
      parts.map(() => parts[rng.nextBelow(parts.length)]),
    ),
  );
}

function resampled({ whole, parts }: SampleSeen, drawn: readonly Observations[]): Observations {
  const observations = [...whole].map(([digest, seen]) => {
    const share = (of: (part: Observation) => number): number => {
      const all = sumOver(parts, digest, of);
      return all === 0 ? 1 : sumOver(drawn, digest, of) / all;
    };
    const rows = share((part) => part.rows);
    const columnBytes = Object.entries(seen.columnBytes).map(([name, bytes]) => {
      const width = share((part) => part.rows * (bytesSeen(part, name) ?? 0));
      return [name, rows === 0 ? bytes : (bytes * width) / rows] as const;
    });
    const resized = { ...seen, columnBytes: Object.fromEntries(columnBytes) };
    if (seen.singletons !== undefined) return [digest, resized] as const;
    const inputRows = seen.inputRows.map((n, at) => n * share((part) => part.inputRows[at] ?? 0));
    const observation: Observation = { ...resized, rows: seen.rows * rows, inputRows };
    return [digest, observation] as const;
  });
  return new Map(observations);
}

function sumOver(
  parts: readonly Observations[],
  digest: string,
  of: (part: Observation) => number,
): number {
  return parts.reduce((sum, part) => {
    const found = part.get(digest);
    return found === undefined ? sum : sum + of(found);
  }, 0);
}

/** The middle `confidence` of the values, widened to what must lie within. */
export function boundsOf(
  values: readonly number[],
  { confidence, within }: { readonly confidence: number; readonly within: readonly number[] },
): Bounds {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  const tail = (1 - confidence) / 2;
  return { low: Math.min(at(tail), ...within), high: Math.max(at(1 - tail), ...within) };
}
