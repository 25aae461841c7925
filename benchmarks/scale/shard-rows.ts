import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { openEngine } from '@wavetune/engine';
import { readTrace } from '@wavetune/ingest';
import { encodeRow } from '@wavetune/shards';

/** Writes a log's rows as a shard's program gets them, tenant by tenant; how many references and bytes. */
export async function writeShardRows(log: string, path: string) {
  const engine = await openEngine({ memoryLimitBytes: 2 ** 30 });
  const { columns, names, tenants } = await readTrace({ files: [log], format: 'auto', engine });
  await engine.close();
  const { offsets, blocks, timeMillis, inputTokens, outputTokens } = columns;
  const requestsOf = Map.groupBy(columns.tenants.keys(), (request) => columns.tenants[request]);
  const file = createWriteStream(path);
  let bytes = 0;
  for (const [tenant, requests] of requestsOf) {
    for (const r of requests) {
      const ids = Array.from(blocks.subarray(offsets[r], offsets[r + 1]), names.nameOf);
      const row = encodeRow({
        ...{ shard: tenants[tenant], timeMillis: timeMillis[r], ids },
        ...{ inputTokens: inputTokens[r], outputTokens: outputTokens[r] },
      });
      bytes += row.length;
      if (!file.write(row)) await once(file, 'drain');
    }
  }
  file.end();
  await once(file, 'finish');
  return { references: blocks.length, requests: timeMillis.length, bytes, tenants: tenants.length };
}
