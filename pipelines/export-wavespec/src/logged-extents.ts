import type { WaveSpec } from '@wavetune/documents';
import type { ReadTrace } from '@wavetune/ingest';
import { coalesceRanges } from '@wavetune/prefix';

/**
 * The extents of a log that carries page ranges itself: the union of its ranges, layer by layer, layers in the order of
 * their names.
 *
 * Cost: one sort of the requests.
 */
export function loggedExtents(
  { pages, layers }: Pick<ReadTrace, 'pages' | 'layers'>,
  pageBytes: number | undefined,
): WaveSpec['extents'] {
  if (pages === undefined) return [];
  const rows = Array.from(pages.layers.keys());
  const byLayer = Map.groupBy(rows, (row) => pages.layers[row]);
  const inOrder = [...byLayer].sort(([a], [b]) => compareNames(layers[a], layers[b]));
  return inOrder.flatMap(([layer, members]) => {
    members.sort((a, b) => pages.starts[a] - pages.starts[b]);
    return coalesceRanges(
      members.map((row) => pages.starts[row]),
      members.map((row) => pages.ends[row]),
    ).map((extent) => ({
      start_page: extent.startPage,
      npages: extent.pages,
      bytes: pageBytes === undefined ? null : extent.pages * pageBytes,
      layer: layers[layer],
    }));
  });
}

function compareNames(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
