import { withFlatLists } from '../totals/flat-columns.ts';
import { ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable } from '../totals/totals-table.ts';
import type { ChunkTotals } from './chunk-totals.ts';
import { joinedLists } from './growing-lists.ts';
import { PACKED_LAYER_NAMES, PACKED_LAYERS } from './packed-pages.ts';

/** The totals of all chunks: their rows as they are where no key has two of them, else merged, a row a key. */
export function joinChunks(chunks: readonly ChunkTotals[], halfLifeMillis: number): TotalsColumns {
  const epochs = new Set(chunks.flatMap(({ epochs: own }) => [...own]));
  const isSplit = epochs.size > 1 || chunks.some(({ hasOddPages }) => hasOddPages);
  return isSplit ? mergedTotals(chunks, halfLifeMillis) : joinedTotals(chunks);
}

function mergedTotals(chunks: readonly ChunkTotals[], halfLifeMillis: number): TotalsColumns {
  const table = createTotalsTable(halfLifeMillis);
  for (const { totals, lists } of chunks) table.merge(withFlatLists(totals, lists));
  return table.columns();
}

/** All pages are packed, so that the parts number layers alike. */
function joinedTotals(chunks: readonly ChunkTotals[]): TotalsColumns {
  const parts = chunks.map(({ totals }) => totals);
  const numbers = new Float64Array(parts.reduce((sum, part) => sum + part.numbers.length, 0));
  let at = 0;
  for (const part of parts) {
    numbers.set(part.numbers, at);
    at += part.numbers.length;
  }
  const pages = joinedLists(chunks.map(({ lists }) => lists.pages));
  return withFlatLists(
    {
      rowCount: numbers.length / ROW_WIDTH,
      tenants: parts.flatMap(({ tenants }) => tenants),
      models: parts.flatMap(({ models }) => models),
      prefixes: parts.flatMap(({ prefixes }) => prefixes),
      parents: parts.flatMap(({ parents }) => parents),
      numbers,
      layers: numberUsedLayers(pages.items),
    },
    { latencies: joinedLists(chunks.map(({ lists }) => lists.latencies)), pages },
  );
}

/** Numbers the layers that occur in runs of pages without gaps, in their order, so that runs stay sorted. @returns Their names. */
function numberUsedLayers(runs: Float64Array): readonly string[] {
  const isUsed = new Uint8Array(PACKED_LAYERS);
  for (let at = 0; at < runs.length; at += 3) isUsed[runs[at]] = 1;
  const used = [...isUsed.keys()].filter((layer) => isUsed[layer] === 1);
  const ids = new Uint16Array(PACKED_LAYERS);
  used.forEach((layer, id) => {
    ids[layer] = id;
  });
  for (let at = 0; at < runs.length; at += 3) runs[at] = ids[runs[at]];
  return used.map((layer) => PACKED_LAYER_NAMES[layer]);
}
