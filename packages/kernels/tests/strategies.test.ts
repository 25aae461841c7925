import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  datajaxPolicy,
  datajaxStagedPolicy,
  findStrategy,
  parsePairs,
  samePolicy,
} from '../src/index.ts';
import { sharedText } from './fixtures.ts';

describe("the engines' defaults", () => {
  it('are those that both releases chose in every measured row without a tuned file', (context) => {
    const text = sharedText('moe_measured_pairs_h200.csv.gz');
    if (text === undefined) return context.skip();
    const header = text.slice(0, text.indexOf('\n')).trim().split(',');
    const source = (side: 'a' | 'b') => header.indexOf(`src_${side}`);
    const lines = text.split(/\r?\n/).slice(1);
    const [newer, older] = [findStrategy('vllm'), findStrategy('default:vllm-2025')];
    const chosen = { newer: 0, older: 0 };
    for (const [i, pair] of parsePairs(text).entries()) {
      const fields = lines[i].split(',');
      if (fields[source('b')] === 'default') {
        expect(samePolicy(newer.choose(pair.problem), pair.after)).toBe(true);
        chosen.newer += 1;
      }
      if (fields[source('a')] === 'default') {
        expect(samePolicy(older.choose(pair.problem), pair.before)).toBe(true);
        chosen.older += 1;
      }
    }
    expect(chosen).toEqual({ newer: 26_406, older: 26_811 });
  });

  it('refuses a name that it does not know', () => {
    expect(() => findStrategy('default:trt')).toThrow(
      expect.toSatisfy((error) => isWavetuneError(error, 'kernels.unknown-strategy')),
    );
  });
});

describe('datajaxPolicy', () => {
  it('gives what the original printed at world size 1 and 4', () => {
    const sizes = (occupancy: number) => {
      const policy = datajaxPolicy({ occupancy, reuse: 0.3, transforms: 2 });
      return [policy.blockM, policy.blockN, policy.blockK, policy.groupM, policy.stages];
    };
    expect(sizes(1)).toEqual([256, 256, 88, 32, 2]);
    expect(sizes(0.4437869822485207)).toEqual([149, 149, 57, 32, 2]);
  });
});

describe('datajaxStagedPolicy', () => {
  it('takes one half and one quarter for what is absent, and notes what is shuffled', () => {
    const absent = { occupancy: null, reuse: null, transforms: 12, shuffleBytes: 0, notes: [] };
    const policy = { BM: 160, BN: 160, BK: 58, swizzle_size: 32, stage_depth: 6, notes: [] };
    expect(datajaxStagedPolicy(absent)).toEqual(policy);
    expect(datajaxStagedPolicy({ ...absent, shuffleBytes: 144, notes: ['joins=1'] }).notes).toEqual(
      ['joins=1', 'shuffle_bytes≈144'],
    );
  });
});
