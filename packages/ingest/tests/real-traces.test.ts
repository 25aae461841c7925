import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NONE, type TraceColumns } from '@wavetune/core';
import { describe, expect, it } from 'vitest';
import { requireBlocks } from '../src/index.ts';
import { useScratch } from './scratch.ts';
import { sharedData } from './shared-data.ts';

const { read, write } = useScratch();

const sum = (values: Uint32Array): number => values.reduce((total, value) => total + value, 0);

/** Tokens that a cache without bounds serves: a block is hit from its second reference on. */
function ceilingTokens(columns: TraceColumns): number {
  const seen = new Uint8Array(columns.parents.length);
  let tokens = 0;
  for (let r = 0; r + 1 < columns.offsets.length; r++) {
    const [begin, end] = [columns.offsets[r], columns.offsets[r + 1]];
    let hits = 0;
    while (begin + hits < end && seen[columns.blocks[begin + hits]] === 1) hits++;
    for (let i = begin + hits; i < end; i++) seen[columns.blocks[i]] = 1;
    tokens += hits === end - begin ? columns.coveredTokens[r] : hits * columns.blockSize;
  }
  return tokens;
}

/** Ids in first-appearance order, parents before children, times ascending. */
function isLawful({ blocks, parents, timeMillis }: TraceColumns): boolean {
  let next = 0;
  for (const block of blocks) {
    if (block > next) return false;
    if (block === next) next++;
  }
  return (
    next === parents.length &&
    parents.every((parent, block) => parent === NONE || parent < block) &&
    timeMillis.every((time, i) => i === 0 || timeMillis[i - 1] <= time)
  );
}

describe('readTrace on public traces', () => {
  const mooncake = sharedData('mooncake/conversation_trace.jsonl');
  it.skipIf(mooncake.isMissing)('reads the Mooncake conversation trace', async () => {
    const { columns, quality, names } = await read([mooncake.path]);
    expect(columns.timeMillis.length).toBe(12_031);
    expect(columns.blocks.length).toBe(288_500);
    expect(columns.parents.length).toBe(182_790);
    expect(sum(columns.inputTokens)).toBe(144_793_823);
    expect(sum(columns.coveredTokens)).toBe(144_793_823);
    expect(ceilingTokens(columns)).toBe(54_098_411);
    expect(columns.blocks.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(names.nameOf(182_789)).toBe('182789');
    expect(quality).toMatchObject({
      parentConflicts: 0,
      quarantined: 0,
      outOfOrder: 0,
      tail: 'count',
    });
    expect(isLawful(columns)).toBe(true);
  });

  it.skipIf(mooncake.isMissing)('drops the partial block where asked', async () => {
    const { columns } = await read([mooncake.path], { options: { tail: 'drop' } });
    expect(sum(columns.inputTokens)).toBe(144_793_823);
    expect(sum(columns.coveredTokens)).toBe(512 * columns.blocks.length);
  });

  const weka = sharedData('weka');
  const wekaFiles = weka.isMissing
    ? []
    : readdirSync(weka.path).map((name) => join(weka.path, name));
  it.skipIf(weka.isMissing)(
    'reads all Weka files, namespaced, copies dropped and named',
    async () => {
      const { columns, quality, names } = await read(wekaFiles);
      expect(quality.duplicateFiles.map(({ file }) => file.slice(-12, -8))).toEqual([
        '0406',
        '0415',
        '0420',
        '0426',
        '0428',
        '0432',
        '0435',
        '0450',
      ]);
      expect(quality).toMatchObject({ parentConflicts: 0, quarantined: 0, namespaced: true });
      expect(columns.timeMillis.length).toBe(23_853);
      expect(ceilingTokens(columns) / sum(columns.inputTokens)).toBeCloseTo(0.9625, 4);
      expect(columns.parents.length).toBe(1_596_458);
      expect(names.nameOf(0)).toBe('trace_0002:1');
      expect(isLawful(columns)).toBe(true);
    },
  );

  it.skipIf(weka.isMissing)('refuses to read Weka files as one id space', async () => {
    await expect(read(wekaFiles.slice(0, 2), { namespaced: false })).rejects.toThrow(
      'ingest.local-ids',
    );
  });

  const azure = sharedData('azure/AzureLLMInferenceTrace_conv.csv.gz');
  it.skipIf(azure.isMissing)('reads lengths from Azure and refuses to find sharing', async () => {
    const trace = await read([azure.path]);
    expect(trace.quality).toMatchObject({ format: 'azure', lengthOnly: true });
    expect(trace.columns.timeMillis.length).toBe(19_366);
    expect(trace.columns.inputTokens[0]).toBe(374);
    expect(trace.columns.timeMillis[1] - trace.columns.timeMillis[0]).toBeCloseTo(4314.579, 3);
    expect(trace.columns.blocks.length).toBe(0);
    expect(() => requireBlocks(trace, [azure.path])).toThrow('trace.length-only');
  });

  const chats = sharedData('sharegpt-tokens');
  it.skipIf(chats.isMissing)('hashes token ids into full blocks', async () => {
    const files = readdirSync(chats.path).map((name) => join(chats.path, name));
    const { columns, quality } = await read(files);
    expect(quality).toMatchObject({ format: 'token-ids', blockSize: 16, quarantined: 0 });
    expect(columns.timeMillis.length).toBe(300);
    expect(
      columns.coveredTokens.every((t, r) => t === 16 * Math.floor(columns.inputTokens[r] / 16)),
    ).toBe(true);
  });

  const events = sharedData('vllm-kv-events/kv_event_base.json');
  it.skipIf(events.isMissing)('names blocks as a real vLLM did', async () => {
    const { token_ids, block_hashes } = parseEvent(readFileSync(events.path, 'utf8'));
    const record = `{"arrival_time_ns":0,"output_toks":0,"input_tok_ids":[${token_ids.join(',')}]}\n`;
    const { names, columns } = await read([write('vector.jsonl', record)], {
      options: { hashSeed: '42' },
    });
    expect([...columns.blocks].map(names.nameOf)).toEqual(block_hashes);
  });
});

/** Hashes as text: they exceed 2^53. */
function parseEvent(text: string): {
  readonly token_ids: number[];
  readonly block_hashes: string[];
} {
  const list = (name: string): string[] =>
    new RegExp(`"${name}":\\s*\\[([^\\]]*)\\]`)
      .exec(text)![1]
      .split(',')
      .map((item) => item.trim());
  return { token_ids: list('token_ids').map(Number), block_hashes: list('block_hashes') };
}
