import { type FlatTriples, ROW_WIDTH, type TotalsColumns } from '../totals/totals-columns.ts';
import { createTotalsTable } from '../totals/totals-table.ts';
import type { ChunkTotals } from './chunk-totals.ts';
import { PACKED_LAYERS } from './packed-pages.ts';

/** The totals of all chunks: their rows as they are where no key has two of them, else merged, a row a key. */
export function joinChunks(chunks: readonly ChunkTotals[], halfLifeMillis: number): TotalsColumns {
  const epochs = new Set(chunks.flatMap(({ epochs: own }) => [...own]));
  const isSplit = epochs.size > 1 || chunks.some(({ hasOddPages }) => hasOddPages);
  const parts = chunks.map(({ totals }) => totals);
  return isSplit ? mergedTotals(parts, halfLifeMillis) : joinedTotals(parts);
}

function mergedTotals(parts: readonly TotalsColumns[], halfLifeMillis: number): TotalsColumns {
  const table = createTotalsTable(halfLifeMillis);
  for (const part of parts) table.merge(part);
  return table.columns();
}

/** All pages are packed, so that the parts number layers alike. */
function joinedTotals(parts: readonly TotalsColumns[]): TotalsColumns {
  const pages = parts.flatMap((part) => part.pages);
  const numbers = new Float64Array(parts.reduce((sum, part) => sum + part.numbers.length, 0));
  let at = 0;
  for (const part of parts) {
    numbers.set(part.numbers, at);
    at += part.numbers.length;
  }
  return {
    rowCount: numbers.length / ROW_WIDTH,
    tenants: parts.flatMap(({ tenants }) => tenants),
    models: parts.flatMap(({ models }) => models),
    prefixes: parts.flatMap(({ prefixes }) => prefixes),
    parents: parts.flatMap(({ parents }) => parents),
    numbers,
    latencies: parts.flatMap(({ latencies }) => latencies),
    ...withUsedLayers(pages),
  };
}

/** Numbers the layers that occur without gaps, in their order, so that runs stay sorted. */
function withUsedLayers(pages: readonly FlatTriples[]): Pick<TotalsColumns, 'pages' | 'layers'> {
  const isUsed = new Uint8Array(PACKED_LAYERS);
  for (const runs of pages) for (let at = 0; at < runs.length; at += 3) isUsed[runs[at]] = 1;
  const used = [...isUsed.keys()].filter((layer) => isUsed[layer] === 1);
  const layers = used.map((layer) => `${layer}`);
  if (used.every((layer, i) => layer === i)) return { pages, layers };
  const idOf = new Map(used.map((layer, i) => [layer, i]));
  const renumber = (cell: number, i: number): number =>
    i % 3 === 0 ? (idOf.get(cell) as number) : cell;
  return { pages: pages.map((runs) => runs.map(renumber)), layers };
}
