import { validationStart } from '@wavetune/cachesim';
import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import type { ReadTrace } from '@wavetune/ingest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trialOf } from '../src/trial.ts';
import { groundOf } from '../src/tuning-ground.ts';

/** Requests of one block each, blocks numbered by first appearance. */
function columnsOf(ids: readonly number[]): TraceColumns {
  const dense = [...new Set(ids)];
  const fill = (value: number): Uint32Array => sharedUint32(ids.length).fill(value);
  return {
    blockSize: 1,
    offsets: sharedUint32(ids.length + 1).map((_, r) => r),
    blocks: sharedUint32(ids.length).map((_, r) => dense.indexOf(ids[r])),
    inputTokens: fill(1),
    coveredTokens: fill(1),
    outputTokens: fill(0),
    timeMillis: sharedFloat64(ids.length).map((_, r) => r),
    tenants: fill(0),
    sessions: fill(NONE),
    parents: sharedUint32(dense.length).fill(NONE),
  };
}

function trialOn(ids: readonly number[], capacityBlocks: number, references: number) {
  const trace = { columns: columnsOf(ids) } as ReadTrace;
  const ground = groundOf({ trace, model: undefined, measureFrom: 0.5, capacityBlocks });
  return trialOf(ground, references);
}

describe('trialOf', () => {
  it('takes the last tuned requests, and numbers their blocks anew', () => {
    const { from, validateFrom, ground } = trialOn([7, 7, 5, 6, 5, 6, 8, 8, 8, 8, 8, 8], 1, 4);
    expect(from).toBe(2);
    expect([...ground.trace.columns.blocks]).toEqual([0, 1, 0, 1]);
    expect(validateFrom).toBe(validationStart(4));
    expect(ground.tunedEnd).toBe(4);
  });

  it('takes more where the cache would not be filled twice, and all where that is not enough', () => {
    const ids = [1, 2, 3, 4, 5, 5, 5, 5, 9, 9, 9, 9, 9, 9, 9, 9];
    expect(trialOn(ids, 1, 3).from).toBe(3);
    expect(trialOn(ids, 2, 3).from).toBe(1);
    expect(trialOn(ids, 3, 3).from).toBe(0);
  });

  it('ends where tuning ends, and reaches back as far as it has to and no further', () => {
    const blocks = fc.array(fc.nat(9), { minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(
        blocks,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 40 }),
        (ids, capacity, references) => {
          const { from, ground } = trialOn(ids, capacity, references);
          const tuned = ids.slice(0, Math.floor(ids.length / 2));
          const compared = tuned.slice(from);
          expect(ground.tunedEnd).toBe(compared.length);
          const isEnough = (requests: readonly number[]): boolean =>
            requests.length >= Math.max(3, references) && new Set(requests).size >= 2 * capacity;
          if (from > 0) expect(isEnough(compared)).toBe(true);
          expect(isEnough(compared.slice(1))).toBe(false);
        },
      ),
    );
  });
});
