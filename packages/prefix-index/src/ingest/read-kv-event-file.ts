import type { Quarantine } from '@wavetune/ingest';
import { type KvBatch, readKvBatches } from '@wavetune/trace';
import type { TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable } from '../totals/totals-table.ts';
import type { EventRules } from './event-plan.ts';
import type { TokenCost } from './trace-totals.ts';

/** The medium of events that name none. */
const GPU = 'GPU';

/** How KV events, which name neither tenant nor model, become events of prefixes. */
export interface KvEventFile {
  readonly path: string;
  readonly tenant: string;
  readonly modelId: string;
  readonly cost: TokenCost | undefined;
}

/**
 * Sums the blocks that engines stored on the GPU: a prefix is a block, named by its hash, its parent the block before it.
 * What was stored was asked for and was not there; blocks that engines found in their cache send no event, so that hits
 * are missing here. Removals say nothing of popularity, nor do copies to other media, whose hashes are no chain.
 *
 * Memory: the totals; token ids are read and dropped.
 *
 * @throws WavetuneError `trace.*`.
 */
export async function readKvEventFile(
  { path, tenant, modelId, cost }: KvEventFile,
  { rules, quarantine }: { readonly rules: EventRules; readonly quarantine: Quarantine },
): Promise<{ readonly totals: TotalsColumns; readonly events: number }> {
  const table = createTotalsTable(rules.halfLifeMillis);
  let events = 0;
  const add = ({ timeMillis, events: found }: KvBatch): void => {
    for (const event of found) {
      if (event.kind !== 'stored' || (event.medium ?? GPU) !== GPU) continue;
      let parent = event.parentHash;
      const tokens = event.blockSize;
      for (const hash of event.hashes) {
        table.addEvent({
          prefix_id: hash,
          tenant,
          model_id: event.loraName === undefined ? modelId : `${modelId}+${event.loraName}`,
          bytes: tokens * (cost?.bytesPerToken ?? 0),
          timestamp_ms: timeMillis,
          tokens,
          ...(parent !== undefined && { parent_prefix_id: parent }),
        });
        parent = hash;
        events++;
      }
    }
  };
  for await (const read of readKvBatches(path)) {
    if ('reason' in read) quarantine.add({ file: path, ...read });
    else if (read.batch.timeMillis <= rules.latestMillis) add(read.batch);
    else quarantine.add({ file: path, record: read.record, reason: 'its time is in the future' });
  }
  await quarantine.flush();
  return { totals: table.columns(), events };
}
