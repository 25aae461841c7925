import { formatSize } from '@wavetune/core';
import { AT, ROW_WIDTH } from '../totals/totals-columns.ts';
import type { TotalsRows } from '../totals/totals-rows.ts';
import { layersOf } from './row-layers.ts';
import { footprintBytes } from './scoring.ts';
import type { Hint, LayerPages } from './suggestion.ts';

/** What a hint says of a row whatever the time, until another event of the row comes. */
export interface HintFacts {
  readonly hits: number;
  readonly bytes: number;
  readonly tokens: number;
  readonly layers: readonly LayerPages[];
  readonly lastSeenMillis: number;
  /** An event is a run of pages, and a use fetches all of them. */
  readonly eventsPerUse: number;
  /** The wait that a warm prefix takes off its next use: prefill where events told it, else the fetch of its pages. */
  readonly savingMillis: number;
  /** For people: what comes before the score. */
  readonly sentence: string;
  /** The hint in JSON, its score, saving, time to live and reason left out. */
  readonly json: HintPieces;
}

/** Pieces of UTF-8: one is copied as a whole in a fifth of the time that its bytes take one by one. */
export interface HintPieces {
  readonly beforeScore: Uint8Array;
  readonly beforeSaving: Uint8Array;
  /** The sentence up to the score in it. */
  readonly beforeSentenceEnd: Uint8Array;
  /** Of all. */
  readonly sizeBytes: number;
}

interface Known {
  readonly hits: number;
  readonly feedbacks: number;
  readonly facts: HintFacts;
}

interface KnownRows {
  readonly rows: Map<number, Known>;
  sizeBytes: number;
}

/** What three views take besides their bytes. */
const PIECES_BYTES = 400;
const AFTER_TTL = `,"reason":"${'popular' satisfies Hint['reason']}","hint":`;

/** Chosen: the best hundred of several hundred tenants; prefixes of many layers are fewer. */
const MOST_BYTES = 2 ** 24;

const KNOWN = new WeakMap<TotalsRows, KnownRows>();

/** Kept for the rows of late, since the best are asked for again and again. */
export function hintFacts(totals: TotalsRows, row: number): HintFacts {
  let known = KNOWN.get(totals);
  if (known === undefined) {
    known = { rows: new Map(), sizeBytes: 0 };
    KNOWN.set(totals, known);
  }
  const numbers = totals.numbers();
  const hits = numbers[row * ROW_WIDTH + AT.hits];
  const feedbacks = numbers[row * ROW_WIDTH + AT.feedbackCount];
  const before = known.rows.get(row);
  if (before?.hits === hits && before.feedbacks === feedbacks) return before.facts;
  const facts = readFacts(totals, row);
  known.sizeBytes += facts.json.sizeBytes - (before?.facts.json.sizeBytes ?? 0);
  known.rows.set(row, { hits, feedbacks, facts });
  if (known.sizeBytes > MOST_BYTES) {
    known.rows.clear();
    known.sizeBytes = 0;
  }
  return facts;
}

function readFacts(totals: TotalsRows, row: number): HintFacts {
  const numbers = totals.numbers();
  const from = row * ROW_WIDTH;
  const prefill = ratio(numbers[from + AT.prefillMillis], numbers[from + AT.prefillCount]);
  const latency = ratio(numbers[from + AT.latencyMillis], numbers[from + AT.latencyCount]);
  const eventsPerUse = Math.max(1, totals.pagesOf(row).length / 3);
  const facts = {
    hits: numbers[from + AT.hits],
    bytes: footprintBytes(totals, row),
    tokens: Math.max(0, numbers[from + AT.tokens]),
    layers: layersOf(totals, row),
    lastSeenMillis: numbers[from + AT.lastSeenMillis],
    eventsPerUse,
    savingMillis: prefill > 0 ? prefill : latency * eventsPerUse,
  };
  const sentence = sentenceOf(facts);
  return { ...facts, sentence, json: piecesOf(totals, row, { ...facts, sentence }) };
}

function ratio(total: number, count: number): number {
  return count === 0 ? 0 : total / count;
}

function sentenceOf({ hits, bytes, layers }: Pick<HintFacts, 'hits' | 'bytes' | 'layers'>): string {
  const size = bytes > 0 ? `, ${formatSize(bytes)}` : '';
  const pages = layers.reduce((sum, run) => sum + run.page_end - run.page_start + 1, 0);
  const where = pages > 0 ? ` in ${pages} pages` : '';
  return `: ${hits} hits${size}${where}, score `;
}

/** In the order of a hint's fields. */
function piecesOf(
  totals: TotalsRows,
  row: number,
  { hits, bytes, tokens, layers, lastSeenMillis, sentence }: Omit<HintFacts, 'json'>,
): HintPieces {
  const names = {
    prefix_id: totals.prefixOf(row),
    tenant: totals.tenantOf(row),
    model_id: totals.modelOf(row),
  };
  const middle = { hits, bytes, tokens, layers, last_seen_ms: lastSeenMillis };
  const beforeScore = Buffer.from(`${JSON.stringify(names).slice(0, -1)},"score":`);
  const beforeSaving = Buffer.from(`,${JSON.stringify(middle).slice(1, -1)},"expected_saving_ms":`);
  const sentenceStart = JSON.stringify(`warm ${names.prefix_id}${sentence}`).slice(0, -1);
  const beforeSentenceEnd = Buffer.from(`${AFTER_TTL}${sentenceStart}`);
  const all = Buffer.concat([beforeScore, beforeSaving, beforeSentenceEnd]);
  const savingAt = beforeScore.length + beforeSaving.length;
  return {
    beforeScore: all.subarray(0, beforeScore.length),
    beforeSaving: all.subarray(beforeScore.length, savingAt),
    beforeSentenceEnd: all.subarray(savingAt),
    sizeBytes: PIECES_BYTES + all.length,
  };
}
