import { isWavetuneError } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import {
  buildNeighbourIndex,
  neighbourVotes,
  parseTunedTable,
  sameTile,
  type TunedRow,
} from '../src/index.ts';
import { sharedText } from './fixtures.ts';

const HEADER =
  'kind,device,dtype,block_shape,E,N,K,M,BM,BN,BK,group_m,warps,stages,split_k,file_hash,path';
const row = (m: number, blockM: number, hash: string) =>
  `moe,NVIDIA_H200,bf16/fp16,,8,7168,,${m},${blockM},64,64,1,4,3,,${hash},"a,b.json"`;

describe('neighbourVotes', () => {
  it('lets the nearest weigh most, and copies of a file once', () => {
    const text = [
      HEADER,
      row(16, 16, 'x'),
      row(64, 64, 'x'),
      row(64, 64, 'x'),
      row(64, 64, 'x'),
    ].join('\n');
    const index = buildNeighbourIndex(parseTunedTable(text));
    const query = {
      kind: 'moe',
      device: 'NVIDIA_H200',
      dtype: 'bf16',
      experts: 8,
      n: 7168,
      k: 0,
      m: 24,
    } as const;
    const [first, second] = neighbourVotes(index, query);
    expect([first.policy.blockM, second.policy.blockM]).toEqual([16, 64]);
    expect(first.share + second.share).toBeCloseTo(1, 12);
    expect(neighbourVotes(index, { ...query, dtype: 'fp8_w8a8' })).toEqual([]);
  });

  it('agrees with published winners whose whole shape is hidden on every device', (context) => {
    const text = sharedText('tuned_configs.csv.gz');
    if (text === undefined) return context.skip();
    const index = buildNeighbourIndex(parseTunedTable(text));
    const agreement = (kind: TunedRow['kind'], stride: number): number => {
      const rows = [...index.groups.values()].flat().filter((tuned) => tuned.kind === kind);
      const sampled = rows.filter((_, i) => i % stride === 0);
      const agreed = sampled.filter((tuned) => {
        const hidden = (other: TunedRow) =>
          other.fileHash === tuned.fileHash ||
          (other.n === tuned.n && other.k === tuned.k && other.experts === tuned.experts);
        const [first] = neighbourVotes(index, tuned, hidden);
        return first !== undefined && sameTile(first.policy, tuned.policy);
      });
      console.log(`${kind}: ${agreed.length} of ${sampled.length} tiles agree`);
      return agreed.length / sampled.length;
    };
    expect(agreement('dense', 11)).toBeGreaterThanOrEqual(0.55);
    expect(agreement('moe', 11)).toBeGreaterThanOrEqual(0.45);
  });
});

describe('parseTunedTable', () => {
  it('names the line of a size that is no count', () => {
    expect(() =>
      parseTunedTable(`${HEADER}\n${row(16, 16, 'x').replace(',16,64', ',x,64')}`),
    ).toThrow(expect.toSatisfy((error) => isWavetuneError(error, 'kernels.bad-tuned-table')));
  });
});
