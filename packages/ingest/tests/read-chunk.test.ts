import type { Chunk, Vector } from '@wavetune/engine';
import { createInterner } from '@wavetune/interning';
import { F64, fieldsOf, I64, listOf, TEXT, U64 } from '@wavetune/ir';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createChainReader } from '../src/chunk-chains.ts';
import { withQuarantine } from '../src/quarantine.ts';
import { fileRowsOf, openChunk, type ReadState, readRows } from '../src/read-chunk.ts';
import { createRequestTable } from '../src/request-table.ts';
import { createTextIds } from '../src/text-ids.ts';

const SCHEMA = fieldsOf({
  record: I64,
  reason: TEXT,
  bad_text: TEXT,
  time_ms: F64,
  input_tokens: F64,
  output_tokens: F64,
  block_size: F64,
  ids: listOf(U64),
});
const BLOCK_TOKENS = 4;

interface Request {
  readonly t: number;
  readonly ids: readonly bigint[];
  readonly isBad: boolean;
}

const isNull = (): boolean => false;
const numbers = (values: readonly number[]): Vector => ({
  kind: 'f64',
  values: Float64Array.from(values),
  isNull,
});
const texts = (values: readonly (string | null)[]): Vector => ({ kind: 'text', values, isNull });
const integers = (values: readonly bigint[], kind: 'u64' | 'i64'): Vector => {
  const unsigned = BigUint64Array.from(values);
  const words = new Uint32Array(unsigned.buffer);
  return kind === 'u64'
    ? { kind, values: unsigned, words, isNull }
    : { kind, values: new BigInt64Array(unsigned.buffer), words, isNull };
};

function chunkOf(requests: readonly Request[], first: number): Chunk {
  const offsets = new Uint32Array(requests.length + 1);
  requests.forEach(({ ids }, row) => {
    offsets[row + 1] = offsets[row] + ids.length;
  });
  const child = integers(
    requests.flatMap(({ ids }) => ids),
    'u64',
  );
  return {
    rowCount: requests.length,
    columns: [
      integers(
        requests.map((_, row) => BigInt(first + row)),
        'i64',
      ),
      texts(requests.map(({ isBad }) => (isBad ? 'bad' : null))),
      texts(requests.map(() => null)),
      numbers(requests.map(({ t }) => t)),
      numbers(requests.map(({ ids }) => BLOCK_TOKENS * ids.length)),
      numbers(requests.map(() => 1)),
      numbers(requests.map(() => BLOCK_TOKENS)),
      { kind: 'list', offsets, child, isNull },
    ],
  };
}

async function readCut(requests: readonly Request[], cuts: readonly number[]) {
  return withQuarantine(undefined, async (quarantine) => {
    const state: ReadState = {
      table: createRequestTable(),
      interner: createInterner(),
      chains: createChainReader('ids', {}),
      quarantine,
      tenants: createTextIds(),
      models: createTextIds(),
      sessions: createTextIds(),
      layers: createTextIds(),
      tail: 'count',
      blockSize: undefined,
      records: 0,
      outOfOrder: 0,
      latestMillis: Number.NEGATIVE_INFINITY,
    };
    const edges = [0, ...cuts.map((cut) => cut % (requests.length + 1)), requests.length].sort(
      (a, b) => a - b,
    );
    for (let i = 1; i < edges.length; i++) {
      const open = openChunk(
        state,
        chunkOf(requests.slice(edges[i - 1], edges[i]), edges[i - 1] + 1),
        SCHEMA,
      );
      for (const rows of fileRowsOf(open, 'log')) readRows(state, open, rows);
    }
    const { table, interner, records, outOfOrder } = state;
    return {
      blocks: [...table.blocks.subarray(0, table.references)],
      ends: [...table.ends.subarray(0, table.count)],
      times: [...table.timeMillis.subarray(0, table.count)],
      parents: [...interner.contents().parents],
      bad: quarantine.examples,
      counts: [records, outOfOrder, quarantine.count()],
    };
  });
}

describe('readRows', () => {
  it('does not depend on where the log is cut into chunks', () => {
    const request = fc.record({
      t: fc.nat(9),
      ids: fc.array(fc.bigInt({ min: 0n, max: 5n }), { maxLength: 5 }),
      isBad: fc.boolean(),
    });
    return fc.assert(
      fc.asyncProperty(
        fc.array(request),
        fc.array(fc.nat(), { maxLength: 5 }),
        async (requests, cuts) => {
          expect(await readCut(requests, cuts)).toEqual(await readCut(requests, []));
        },
      ),
    );
  });
});
