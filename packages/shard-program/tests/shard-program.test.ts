import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  decodePartial,
  encodePartial,
  encodeQuestion,
  encodeRow,
  hashShard,
  mergePartials,
  readShards,
  replayShardsTask,
  type ShardQuestion,
  type ShardRow,
} from '@wavetune/shards';
import { beforeAll, describe, expect, it } from 'vitest';
import { scratchFolder } from '../../../tests/support/scratch.ts';
import { hasSharedData, sharedData } from '../../../tests/support/shared-data.ts';
import { HOSTILE_NAMES, sortedByShard, syntheticRows } from '../../shards/tests/synthetic-rows.ts';
import { buildShardProgram } from '../src/index.ts';

const scratch = scratchFolder('shard-program');
let program = '';
const CONVERSATION = 'mooncake/conversation_trace.jsonl';

const question = (blockSize: number): ShardQuestion => ({
  ...{ blockSize, tail: 'count', measureFrom: 0.5, residency: 'closed', hits: 'continuous' },
  policies: ['s3-fifo', 'learned'].map((policy) => ({ policy, parameters: {} })),
  capacities: [{ kind: 'share', share: 0.1 }],
});

function runProgram(asked: ShardQuestion, lines: readonly Uint8Array[]) {
  const word = encodeQuestion(asked);
  const input = Buffer.concat(lines);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, word], { input });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** The same by the task, from one table of all requests. */
async function byTask(asked: ShardQuestion, rows: readonly ShardRow[]) {
  const names = [...new Set(rows.map(({ shard }) => shard))];
  const numbers = new Map(names.map((name, i) => [name, i]));
  const lines = rows.map((row) => Buffer.from(encodeRow({ ...row, shard: 'all' })));
  async function* chunks() {
    yield* lines;
  }
  for await (const { columns } of readShards(chunks(), asked)) {
    const shardOf = Uint32Array.from(rows, ({ shard }) => numbers.get(shard)!);
    return replayShardsTask.run({
      columns,
      shardOf,
      shards: names.map((_, i) => i),
      question: asked,
    });
  }
  throw new Error('no rows');
}

beforeAll(async () => {
  program = await buildShardProgram(scratch);
});

describe('shard.mjs', () => {
  it('is built to the same bytes again', async () => {
    const again = await buildShardProgram(join(scratch, 'again'));
    expect(basename(again)).toBe(basename(program));
    expect(readFileSync(again).equals(readFileSync(program))).toBe(true);
  });

  it('comes to what the task does, however shards are dealt out to processes', async () => {
    const rows = syntheticRows(5, 900);
    const expected = encodePartial(await byTask(question(16), rows));
    for (const processes of [1, 3]) {
      const sums = Array.from({ length: processes }, (_, p) => {
        const own = rows.filter(({ shard }) => HOSTILE_NAMES.indexOf(shard) % processes === p);
        const { status, stdout, stderr } = runProgram(question(16), sortedByShard(own, encodeRow));
        expect([status, stderr]).toEqual([0, '']);
        return decodePartial(stdout);
      });
      expect(encodePartial(sums.reduce(mergePartials))).toBe(expected);
    }
  });

  it('is the identity of merging where it is given no rows', () => {
    const { status, stdout } = runProgram(question(16), []);
    expect(status).toBe(0);
    expect(decodePartial(stdout).shards).toBe(0);
  });

  it('says on standard error what is wrong, and ends with status 1', () => {
    const { status, stdout, stderr } = runProgram(question(16), [Buffer.from('a\t1\t2\n')]);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^shard\.mjs: .*shards\.bad-row: row 1: it has 3 fields.*\n$/);
  });

  it.skipIf(!hasSharedData(CONVERSATION))(
    'agrees with the task on the conversation trace',
    async () => {
      const rows = readFileSync(sharedData(CONVERSATION), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line): ShardRow => {
          const record = JSON.parse(line);
          const ids: readonly number[] = record.hash_ids;
          const shard = String(hashShard(ids[1] ?? ids[0], 0, 8));
          const [inputTokens, outputTokens] = [record.input_length, record.output_length];
          return { shard, timeMillis: record.timestamp, inputTokens, outputTokens, ids };
        });
      const expected = await byTask(question(512), rows);
      const { stdout } = runProgram(question(512), sortedByShard(rows, encodeRow));
      expect(stdout.trimEnd()).toBe(encodePartial(expected));
      expect(expected.blockReferences).toBe(288_500);
    },
  );
});
