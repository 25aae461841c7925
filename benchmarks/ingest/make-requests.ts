import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createRng } from '@wavetune/core';
import type { Engine } from '@wavetune/engine';
import {
  col,
  F64,
  field,
  I64,
  listOf,
  parseJson,
  project,
  scan,
  structOf,
  tryCast,
  U64,
} from '@wavetune/ir';

const SYSTEM_PROMPTS = 40;
const OPEN_CHATS = 20_000;
const CONTINUED_SHARE = 0.26;
const BLOCK_TOKENS = 512;

/**
 * Writes a Parquet file of requests with about `references` block references, 57 % of them distinct: chats that grow from
 * shared system prompts, ids spread over 64 bits.
 */
export async function makeRequests(
  engine: Engine,
  path: string,
  references: number,
): Promise<void> {
  const lines = `${path}.jsonl`;
  await pipeline(Readable.from(requestLines(references)), createWriteStream(lines));
  const row = structOf({
    timestamp: F64,
    input_length: F64,
    output_length: F64,
    hash_ids: listOf(U64),
  });
  const parsed = parseJson(col('text'), row);
  const requests = project(project(scan({ format: 'lines', files: [lines] }), { parsed }), {
    timestamp: tryCast(field(col('parsed'), 'timestamp'), I64),
    input_length: tryCast(field(col('parsed'), 'input_length'), I64),
    output_length: tryCast(field(col('parsed'), 'output_length'), I64),
    hash_ids: field(col('parsed'), 'hash_ids'),
  });
  await engine.writeParquet(requests, path);
  await rm(lines);
}

function* requestLines(references: number): Generator<string> {
  const rng = createRng(1);
  const nextId = (): string =>
    ((BigInt(rng.nextUint32()) << 32n) | BigInt(rng.nextUint32())).toString();
  const newIds = (count: number): string[] => Array.from({ length: count }, nextId);
  const systems = Array.from({ length: SYSTEM_PROMPTS }, () => newIds(1 + rng.nextBelow(12)));
  const chats: string[][] = [];
  let millis = 0;
  for (let made = 0; made < references; ) {
    const recent = Math.floor(rng.nextFloat() ** 2 * Math.min(chats.length, OPEN_CHATS));
    const chat = chats.length - 1 - recent;
    const isContinued = chats.length > 0 && rng.nextFloat() < CONTINUED_SHARE;
    const ids = isContinued
      ? [...chats[chat], ...newIds(1 + rng.nextBelow(8))]
      : [
          ...systems[Math.floor(rng.nextFloat() ** 3 * SYSTEM_PROMPTS)],
          ...newIds(4 + rng.nextBelow(32)),
        ];
    if (isContinued) chats[chat] = ids.length > 80 ? systems[0] : ids;
    else chats.push(ids);
    made += ids.length;
    millis += rng.nextBelow(20);
    const input = ids.length * BLOCK_TOKENS - rng.nextBelow(BLOCK_TOKENS);
    yield `{"timestamp":${millis},"input_length":${input},"output_length":${rng.nextBelow(900)},"hash_ids":[${ids.join(',')}]}\n`;
  }
}
