import type { Rng } from '@wavetune/core';
import type { HttpApp } from '../../src/service/http-app.ts';
import { eventOf, NOW } from './service-kit.ts';

/** A request that no careful program would send, or one that is only just right. */
export interface OddRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly payload?: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const SEEDS: readonly string[] = [
  JSON.stringify({ events: [eventOf(), eventOf({ layer: 'k_proj', tokens: 3 })], batch_id: 'b' }),
  JSON.stringify({ feedback: [{ ...eventOf(), outcome: 'used', cost_ms: 2 }] }),
  JSON.stringify({ events: [{ ...eventOf({ parent_prefix_id: 'root' }), prompt: 'x' }] }),
  '{}',
];
const QUESTIONS = [
  'top_k=5&tenant=tenant-a&budget=8GiB&max_age=7d&as_of=2026-11-21&weight=bytes&min_score=1',
  `prefix_id=system-prompt&model_id=llama-3.1-8b&as_of=${NOW}`,
  'offset=1&limit=2',
];
const PATHS = ['/ingest', '/feedback', '/suggest', '/explain', '/snapshot', '/readyz', '/'];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  '',
  'application/x-protobuf',
];
/** What parsers trip over. */
const ODD_TOKENS = [
  '__proto__',
  'constructor',
  'null',
  'true',
  '-0',
  '1e999',
  '-1',
  '9007199254740993',
  '1.5',
  '""',
  '[]',
  '{}',
  '[[[[[[[[',
  '"\\ud800"',
  '"\\u0000"',
  '\u0000',
  '\uffff',
  '{"events":',
  'NaN',
  '"a":',
  ',',
  '}',
  '%00',
  '%ff',
  '&',
  '=',
];

/** One of endlessly many, by the generator's next numbers. */
export function oddRequest(rng: Rng): OddRequest {
  const pick = <Item>(items: readonly Item[]): Item => items[rng.nextBelow(items.length)];
  const path = rng.nextBelow(16) === 0 ? mutated(rng, pick(PATHS)) : pick(PATHS);
  if (rng.nextBelow(3) === 0) {
    const question = mutated(rng, pick(QUESTIONS));
    return {
      method: 'GET',
      url: encodeURI(`/${path.slice(1)}?${question}`.toWellFormed()),
      headers: {},
    };
  }
  const headers = { 'content-type': rng.nextBelow(12) === 0 ? pick(TYPES) : TYPES[0] };
  const url = encodeURI(`/${path.slice(1)}`.toWellFormed());
  if (rng.nextBelow(10) === 0) {
    const payload = Buffer.from(
      Array.from({ length: rng.nextBelow(200) }, () => rng.nextBelow(256)),
    );
    return { method: 'POST', url, payload, headers };
  }
  return { method: 'POST', url, payload: mutated(rng, pick(SEEDS)), headers };
}

/** Up to six cuts, insertions, repetitions and swaps. */
function mutated(rng: Rng, text: string): string {
  let odd = text;
  for (let n = rng.nextBelow(7); n > 0; n--) {
    const at = rng.nextBelow(odd.length + 1);
    const length = rng.nextBelow(12);
    const token = ODD_TOKENS[rng.nextBelow(ODD_TOKENS.length)];
    const part = odd.slice(at, at + length);
    const inserted = [token, part + part, '', String.fromCharCode(rng.nextBelow(65_536))][
      rng.nextBelow(4)
    ];
    odd = odd.slice(0, at) + inserted + odd.slice(at + length);
  }
  return odd;
}

/** What answers to odd requests were. */
export interface FuzzCount {
  readonly statuses: ReadonlyMap<number, number>;
  /** The first answers of 500 and more, as they were asked for. */
  readonly failures: readonly string[];
}

/** Sends so many, a few side by side, without a network between. */
export async function sendOdd(app: HttpApp, rng: Rng, count: number): Promise<FuzzCount> {
  const statuses = new Map<number, number>();
  const failures: string[] = [];
  let sent = 0;
  const send = async (): Promise<void> => {
    while (sent++ < count) {
      const request = oddRequest(rng);
      const { statusCode, payload } = await app.inject(request);
      statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
      if (statusCode >= 500 && failures.length < 5) {
        failures.push(JSON.stringify({ ...request, statusCode, answer: payload.slice(0, 200) }));
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  return { statuses, failures };
}
