import { isWavetuneError } from '@wavetune/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ScheduledRequests,
  type SchedulerOptions,
  type StepKind,
  scheduleWaves,
} from '../src/index.ts';

const requestsOf = (rows: readonly (readonly [number, number, number])[]): ScheduledRequests => ({
  arrivalMillis: Float64Array.from(rows, ([arrival]) => arrival),
  prefillTokens: Uint32Array.from(rows, ([, prefill]) => prefill),
  outputTokens: Uint32Array.from(rows, ([, , output]) => output),
});

/** The scheduler as one would write it down: one step at a time, every request by itself. */
function textbook(requests: ScheduledRequests, options: SchedulerOptions) {
  const counts = { prefill: new Map(), decode: new Map(), mixed: new Map() };
  const waiting = [...requests.arrivalMillis.keys()];
  let running: { id: number; prompt: number; left: number }[] = [];
  let now = options.arrivals === 'timed' ? requests.arrivalMillis[0] : 0;
  while (waiting.length + running.length > 0) {
    const limit = Math.min(options.maxSequences, options.tokenBudget);
    while (
      waiting.length > 0 &&
      running.length < limit &&
      (options.arrivals === 'saturated' || requests.arrivalMillis[waiting[0]] <= now)
    ) {
      const id = waiting.shift()!;
      running.push({
        id,
        prompt: Math.max(1, requests.prefillTokens[id]),
        left: Math.max(1, requests.outputTokens[id]),
      });
    }
    const decoding = running.filter((request) => request.prompt === 0);
    let room = options.tokenBudget - decoding.length;
    let prefill = 0;
    for (const request of running.filter((candidate) => candidate.prompt > 0)) {
      const taken = Math.min(room, request.prompt);
      request.prompt -= taken;
      room -= taken;
      prefill += taken;
      if (taken > 0 && request.prompt === 0) request.left -= 1;
    }
    for (const request of decoding) request.left -= 1;
    running = running.filter((request) => request.prompt > 0 || request.left > 0);
    const tokens = decoding.length + prefill;
    if (tokens === 0) {
      now = requests.arrivalMillis[waiting[0]];
      continue;
    }
    const kind: StepKind = prefill === 0 ? 'decode' : decoding.length === 0 ? 'prefill' : 'mixed';
    counts[kind].set(tokens, (counts[kind].get(tokens) ?? 0) + 1);
    now += options.stepMillis(tokens);
  }
  return counts;
}

const options: SchedulerOptions = {
  tokenBudget: 8,
  maxSequences: 3,
  arrivals: 'timed',
  stepMillis: () => 1,
};

describe('scheduleWaves', () => {
  it('decodes first and fills the rest of the budget with prompts', () => {
    // Step 1: 5 + 3 prompt tokens. Step 2: one decode and 7 of the second prompt. Then decodes.
    const waves = scheduleWaves(
      requestsOf([
        [0, 5, 3],
        [0, 10, 2],
      ]),
      options,
    );
    expect([...waves.byKind.prefill.tokens]).toEqual([8]);
    expect([...waves.byKind.mixed.tokens]).toEqual([8]);
    expect([...waves.byKind.decode.tokens]).toEqual([2]);
    expect(waves.steps).toBe(3);
    expect([...waves.drawn.tokens].map((size, i) => [size, waves.drawn.count[i]])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect([waves.prefillTokens, waves.decodeTokens]).toEqual([15, 3]);
  });

  it('takes the steps that stepping through one by one takes', () => {
    const rows = fc.array(
      fc.tuple(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 12 }),
      ),
      { minLength: 1, maxLength: 12 },
    );
    const anyOptions = fc.record({
      tokenBudget: fc.integer({ min: 1, max: 16 }),
      maxSequences: fc.integer({ min: 1, max: 5 }),
      arrivals: fc.constantFrom('timed' as const, 'saturated' as const),
      stepMillis: fc.constantFrom(
        () => 1,
        (tokens: number) => 0.5 + tokens / 4,
      ),
    });
    fc.assert(
      fc.property(rows, anyOptions, (gaps, chosen) => {
        const requests = requestsOf(
          gaps.map(([, prefill, output], i) => {
            const arrival = gaps.slice(0, i + 1).reduce((sum, [gap]) => sum + gap, 0);
            return [arrival, prefill, output] as const;
          }),
        );
        const waves = scheduleWaves(requests, chosen);
        const expected = textbook(requests, chosen);
        for (const kind of ['prefill', 'decode', 'mixed'] as const) {
          const { tokens, count } = waves.byKind[kind];
          const sorted = [...expected[kind]].sort(([left], [right]) => left - right);
          expect([...tokens].map((size, i) => [size, count[i]])).toEqual(sorted);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('goes through a million requests in seconds', () => {
    const n = 1_000_000;
    const requests: ScheduledRequests = {
      arrivalMillis: Float64Array.from({ length: n }, (_, i) => i * 2),
      prefillTokens: Uint32Array.from({ length: n }, (_, i) => (i * 7919) % 4000),
      outputTokens: Uint32Array.from({ length: n }, (_, i) => (i * 104_729) % 500),
    };
    const start = performance.now();
    const waves = scheduleWaves(requests, { ...options, tokenBudget: 8192, maxSequences: 256 });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(waves.decodeTokens).toBe(
      requests.outputTokens.reduce((sum, tokens) => sum + Math.max(0, tokens - 1), 0),
    );
  });

  it('refuses an empty trace', () => {
    expect(() => scheduleWaves(requestsOf([]), options)).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'kernels.empty-trace')),
    );
  });
});
