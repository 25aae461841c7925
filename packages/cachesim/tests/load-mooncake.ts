import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceColumns } from '@wavetune/core';
import { columnsOf } from './columns-of.ts';

const folder =
  process.env.WAVETUNE_SHARED_DATA ??
  join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const path = join(folder, 'mooncake', 'conversation_trace.jsonl');

interface MooncakeLine {
  readonly timestamp: number;
  readonly input_length: number;
  readonly output_length: number;
  readonly hash_ids: readonly number[];
}

/** Why the trace cannot be read here, or undefined. */
export const mooncakeMissing: string | undefined = existsSync(path)
  ? undefined
  : `${path} is not there`;

/** The Mooncake conversation trace, remainder counted. */
export function loadMooncake(): TraceColumns {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  const requests = lines.map((line) => {
    const record = JSON.parse(line) as MooncakeLine;
    return {
      ids: record.hash_ids,
      timeMillis: record.timestamp,
      inputTokens: record.input_length,
      outputTokens: record.output_length,
    };
  });
  return columnsOf(requests, 512);
}
