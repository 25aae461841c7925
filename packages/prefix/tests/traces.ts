import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NONE, sharedFloat64, sharedUint32, type TraceColumns } from '@wavetune/core';
import fc from 'fast-check';

/** A request as a person writes it: its chain of block names, root first. */
export interface SketchedRequest {
  readonly chain: readonly (string | number)[];
  /** Tokens of the last block; full unless given. */
  readonly lastTokens?: number;
  readonly timeMillis?: number;
  readonly tenant?: number;
}

/** Columns of sketched requests; a name means the prefix up to it, so one name under two parents is two blocks. */
export function columnsOf(sketch: readonly SketchedRequest[], blockSize = 4): TraceColumns {
  const ids = new Map<string, number>();
  const parents: number[] = [];
  const chains = sketch.map(({ chain }) => {
    let parent = NONE;
    let path = '';
    return chain.map((name) => {
      path += `/${name}`;
      if (!ids.has(path)) {
        ids.set(path, ids.size);
        parents.push(parent);
      }
      parent = ids.get(path)!;
      return parent;
    });
  });
  const offsets = sharedUint32(sketch.length + 1);
  chains.forEach((chain, r) => {
    offsets[r + 1] = offsets[r] + chain.length;
  });
  const covered = sketch.map(({ chain, lastTokens }) =>
    chain.length === 0 ? 0 : (chain.length - 1) * blockSize + (lastTokens ?? blockSize),
  );
  const shared = (values: readonly number[]) => {
    const column = sharedUint32(values.length);
    column.set(values);
    return column;
  };
  const timeMillis = sharedFloat64(sketch.length);
  timeMillis.set(sketch.map((request, r) => request.timeMillis ?? r));
  return {
    blockSize,
    offsets,
    blocks: shared(chains.flat()),
    inputTokens: shared(covered.map((tokens, r) => tokens + (r % 3))),
    coveredTokens: shared(covered),
    outputTokens: shared(covered.map(() => 1)),
    timeMillis,
    tenants: shared(sketch.map(({ tenant }) => tenant ?? 0)),
    sessions: shared(covered.map(() => NONE)),
    parents: shared(parents),
  };
}

/**
 * Small random traces: chains over few names, so that prefixes are shared; gaps of time; three tenants. What a chain's
 * last block holds follows from the chain, as the text of a prompt does; a partial block has no child.
 */
export function anyTrace(most: { requests: number; names: number; length: number }) {
  const request = fc.record({
    chain: fc.array(fc.nat(most.names - 1), { maxLength: most.length }),
    gapMillis: fc.nat(40),
    tenant: fc.nat(2),
    partial: fc.boolean(),
  });
  return fc.array(request, { maxLength: most.requests }).map((requests) => {
    let timeMillis = 0;
    const sketch = requests.map(({ chain, gapMillis, tenant, partial }): SketchedRequest => {
      timeMillis += gapMillis;
      if (!partial || chain.length === 0) return { chain, timeMillis, tenant };
      const last = chain[chain.length - 1];
      const end = `${last} cut`;
      return {
        chain: [...chain.slice(0, -1), end],
        timeMillis,
        tenant,
        lastTokens: 1 + (last % 3),
      };
    });
    return columnsOf(sketch);
  });
}

/** The chain of request `request`. */
function chainOf({ offsets, blocks }: TraceColumns, request: number): readonly number[] {
  return [...blocks.subarray(offsets[request], offsets[request + 1])];
}

export function chainsOf(columns: TraceColumns): readonly (readonly number[])[] {
  return Array.from({ length: columns.offsets.length - 1 }, (_, r) => chainOf(columns, r));
}

const sharedFolder = resolve(
  process.env.WAVETUNE_SHARED_DATA ?? new URL('../../../../shared/data', import.meta.url).pathname,
);
/** A file of the public data, which may be missing. */
export const sharedPath = (path: string): string => resolve(sharedFolder, path);
const mooncakeBlockSize = 512;

/** Undefined, and the reason printed, where the public data is missing. */
export function loadMooncake(): TraceColumns | undefined {
  const mooncakePath = sharedPath('mooncake/conversation_trace.jsonl');
  if (!existsSync(mooncakePath)) {
    console.log(`skipped: no ${mooncakePath}`);
    return undefined;
  }
  const lines = readFileSync(mooncakePath, 'utf8').trimEnd().split('\n');
  const requests = lines.map((line) => JSON.parse(line));
  const columns = columnsOf(
    requests.map(({ hash_ids, input_length, timestamp }) => ({
      chain: hash_ids,
      lastTokens: input_length - (hash_ids.length - 1) * mooncakeBlockSize,
      timeMillis: timestamp,
    })),
    mooncakeBlockSize,
  );
  requests.forEach(({ input_length }, r) => {
    columns.inputTokens[r] = input_length;
  });
  return columns;
}
