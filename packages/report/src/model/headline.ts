import { formatCount, formatSize } from '@wavetune/core';
import type { Policies } from '@wavetune/documents';
import { formatDuration, formatPoints, formatRatio, formatRough, signOf } from '../quantities.ts';
import type { RunDocuments } from '../run/run-documents.ts';
import { asSentence, counted, policyLabel } from './labels.ts';

/** One of the page's large figures. */
export interface KeyFigure {
  readonly label: string;
  readonly value: string;
  readonly detail: string;
  /** Against the previous run; null without one, or where it has no such figure. */
  readonly change: string | null;
}

/** What a reader must know if they read nothing else. */
export interface Headline {
  readonly verdict: 'use' | 'keep default' | 'none';
  /** `Use learned: +5.11 points of hit ratio on requests the tuning never saw`. */
  readonly title: string;
  readonly reason: string;
  readonly figures: readonly KeyFigure[];
  /** The run that the figures are set against. */
  readonly previous: string | null;
}

type CachePolicy = NonNullable<Policies['cache']>;
type Figure = CachePolicy['ours'];

/** The verdict first, then what it is worth; the previous run's figures beside them where there is one. */
export function headlineOf(run: RunDocuments, previous: RunDocuments | undefined): Headline {
  const cache = run.policies?.cache ?? null;
  if (cache === null) return headlineWithoutPolicy(run);
  const before = previous?.policies?.cache ?? null;
  const verdict = verdictOf(cache);
  return {
    ...verdict,
    reason: [verdict.reason, ...(run.manifest?.put_off ?? [])].join(' '),
    figures: [
      ...savingsOf(cache, {
        old: before === null ? null : chosenFigure(before),
        device: run.policies?.meta.device ?? 'H100',
      }),
      memoryFigure(cache, run.wavespec?.meta.bytes_per_token ?? null),
    ],
    previous:
      previous === undefined || before === null ? null : (previous.manifest?.date ?? previous.name),
  };
}

function verdictOf(cache: CachePolicy): Pick<Headline, 'verdict' | 'title' | 'reason'> {
  const { verdict, gain, ours, windows, reason } = cache;
  const standing = policyLabel(cache.default.policy, cache.default.parameters);
  if (verdict === 'keep default') {
    return {
      verdict,
      title: `Keep ${standing}, the default`,
      reason: `Because ${asSentence(reason)}`,
    };
  }
  const error =
    gain === null ? '' : `; standard error ${(100 * gain.standard_error).toFixed(2)} points`;
  const more = ours.hit_tokens - cache.default.hit_tokens;
  return {
    verdict,
    title: `Use ${policyLabel(ours.policy, ours.parameters)}: ${gain === null ? `${signedRough(more)} hit tokens` : `${formatPoints(gain.hit_ratio)} of hit ratio`} on requests the tuning never saw`,
    reason: `${signedRough(more)} hit tokens against ${standing} on the last ${counted(windows.measured.requests, 'request')}${error}.${isWeak(gain) ? ' That is less than twice its error: weak evidence, so look again with more requests.' : ''}`,
  };
}

function isWeak(gain: CachePolicy['gain']): boolean {
  return gain !== null && gain.hit_ratio < 2 * gain.standard_error;
}

function headlineWithoutPolicy({ policies, replay }: RunDocuments): Headline {
  const why =
    policies === undefined
      ? 'policies.json is not in the run folder: no policy was chosen and judged.'
      : asSentence(policies.cache_absent ?? 'policies.json has no cache part');
  const ceiling =
    replay === undefined
      ? ''
      : ` No cache, however large, could hit more than ${formatRatio(replay.ceiling.ratio)} of the measured prompt tokens.`;
  return {
    verdict: 'none',
    title: 'No verdict on the cache',
    reason: why + ceiling,
    figures: [],
    previous: null,
  };
}

/** What runs after the verdict is followed. */
function chosenFigure(cache: CachePolicy): Figure {
  return cache.verdict === 'use' ? cache.ours : cache.default;
}

function savingsOf(
  cache: CachePolicy,
  { old, device }: { readonly old: Figure | null; readonly device: string },
): readonly KeyFigure[] {
  const chosen = chosenFigure(cache);
  const standing = cache.default;
  const name = policyLabel(standing.policy, standing.parameters);
  const against = (text: string): string =>
    cache.verdict === 'use' ? `; ${text} with ${name}` : '';
  const seconds = chosen.saved_prefill_seconds;
  return [
    {
      label: 'Hit ratio',
      value: formatRatio(chosen.hit_ratio),
      detail: `at most ${formatRatio(cache.ceiling.hit_ratio)}${against(formatRatio(standing.hit_ratio))}`,
      change: changeOf(chosen.hit_ratio, old?.hit_ratio, formatPoints),
    },
    {
      label: 'Prefill tokens saved',
      value: formatRough(chosen.hit_tokens),
      detail: `${formatCount(chosen.hit_tokens)} of ${formatCount(cache.windows.measured.input_tokens)} prompt tokens${against(formatRough(standing.hit_tokens))}`,
      change: changeOf(chosen.hit_tokens, old?.hit_tokens, signedRough),
    },
    {
      label: 'Prefill time saved, modelled',
      value: seconds === null ? '–' : formatDuration(seconds),
      detail:
        seconds === null || standing.saved_prefill_seconds === null
          ? 'needs --model'
          : `on ${device}${against(formatDuration(standing.saved_prefill_seconds))}`,
      change: changeOf(seconds, old?.saved_prefill_seconds, signedDuration),
    },
  ];
}

function memoryFigure(cache: CachePolicy, bytesPerToken: number | null): KeyFigure {
  const { hit_tokens: tokens } = chosenFigure(cache);
  const size = cache.capacity_bytes === null ? '' : `${formatSize(cache.capacity_bytes)}, `;
  return {
    label: 'KV read instead of computed',
    value: bytesPerToken === null ? '–' : formatSize(tokens * bytesPerToken),
    detail: `from a cache of ${size}${counted(cache.capacity_blocks, 'block')} of ${counted(cache.block_size, 'token')}`,
    change: null,
  };
}

function changeOf(
  now: number | null,
  then: number | null | undefined,
  format: (difference: number) => string,
): string | null {
  if (now === null || then === null || then === undefined) return null;
  return now === then ? 'unchanged' : format(now - then);
}

function signedRough(difference: number): string {
  return `${signOf(difference)}${formatRough(Math.abs(difference))}`;
}

function signedDuration(difference: number): string {
  return `${signOf(difference)}${formatDuration(Math.abs(difference))}`;
}
