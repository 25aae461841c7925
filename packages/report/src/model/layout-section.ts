import { formatCount, formatSize } from '@wavetune/core';
import type { WaveSpec } from '@wavetune/documents';
import { formatNumber } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Block, type Section } from '../section.ts';
import { column } from '../table.ts';
import { counted } from './labels.ts';

const ID = 'layout';
const TITLE = 'Page layout, before and after';

/** Extents a request in three orders, and how long the extents of the kept pages are. */
export function layoutSection({ wavespec, wavespecAbsence }: RunDocuments): Section {
  const layout = wavespec?.meta.layout.extents_per_request;
  if (wavespec === undefined || layout === undefined || layout.packed === null) {
    return absentSection(
      ID,
      TITLE,
      wavespecAbsence ??
        (wavespec === undefined
          ? `${RUN_FILES.wavespec} is not in the run folder: no pages were laid out.`
          : 'No request has a kept block, so there are no pages to lay out.'),
    );
  }
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(wavespec),
    absent: false,
    blocks: [orderFigure(layout), ...extentFigure(wavespec)],
  };
}

type Extents = WaveSpec['meta']['layout']['extents_per_request'];

function leadOf({ meta }: WaveSpec): string {
  const { layout, kept } = meta;
  const { arrival, packed } = layout.extents_per_request;
  const bytes =
    layout.bytes_per_extent === null
      ? ''
      : ` One read then brings ${formatSize(Math.round(layout.bytes_per_extent))} in the mean.`;
  return (
    `In pack_order a request’s prefix lies in ${formatNumber(packed ?? 0)} runs of pages; in the order of arrival in ${formatNumber(arrival ?? 0)}.${bytes} ` +
    `These are over whole chains; ${formatCount(kept.blocks)} pages are kept: ${kept.rule}.`
  );
}

function orderFigure({ arrival, hottest, packed }: Extents): Block {
  const rows: readonly (readonly [string, string, number | null])[] = [
    ['before: order of arrival', 'default', arrival],
    ['hottest block first', 'other', hottest],
    ['after: pack_order', 'ours', packed],
  ];
  return {
    kind: 'figure',
    figure: {
      id: 'extents-per-request',
      kind: 'bars',
      title: 'Runs of pages that a request reads (fewer is better)',
      summary: rows.map(([label, , value]) => `${label} ${formatNumber(value ?? 0)}`).join(', '),
      table: {
        columns: [
          column('layout', 'layout'),
          column('hue', 'hue'),
          column('extents_per_request', 'extents a request', 'number'),
        ],
        rows,
      },
      options: {
        axis: 'extents a request, mean',
        labels: rows.map(([, , value]) => (value === null ? '–' : value.toFixed(3))),
      },
    },
  };
}

/** Extents of the kept pages by length, in powers of two. */
function extentFigure({ extents, meta }: WaveSpec): readonly Block[] {
  const runs = extents.filter(({ cohort }) => cohort !== undefined);
  if (runs.length === 0) return [];
  const pages = new Map<number, { extents: number; pages: number }>();
  let total = 0;
  for (const { npages } of runs) {
    const bucket = Math.floor(Math.log2(npages));
    const at = pages.get(bucket) ?? { extents: 0, pages: 0 };
    pages.set(bucket, { extents: at.extents + 1, pages: at.pages + npages });
    total += npages;
  }
  const buckets = [...pages.keys()].sort((a, b) => a - b);
  const rows = buckets.map((bucket) => {
    const at = pages.get(bucket) ?? { extents: 0, pages: 0 };
    return [sizeLabel(bucket, meta.page_bytes), 'ours', at.pages / total, at.extents, at.pages];
  });
  return [
    {
      kind: 'figure',
      figure: {
        id: 'kept-pages-by-extent',
        kind: 'bars',
        title: 'Kept pages by the length of the extent that they lie in',
        summary: `${formatCount(runs.length)} extents hold ${formatCount(total)} pages.`,
        table: {
          columns: [
            column('extent_pages', 'extent'),
            column('hue', 'hue'),
            column('share_of_pages', 'share of the kept pages', 'ratio'),
            column('extents', 'extents', 'count'),
            column('pages', 'pages', 'count'),
          ],
          rows,
        },
        options: {
          axis: 'share of the kept pages',
          labels: rows.map(
            ([, , , count, held]) =>
              `${counted(Number(held), 'page')} in ${counted(Number(count), 'extent')}`,
          ),
        },
      },
    },
  ];
}

function sizeLabel(bucket: number, pageBytes: number | null): string {
  const low = 2 ** bucket;
  const high = 2 ** (bucket + 1) - 1;
  const range = low === high ? '1 page' : `${formatCount(low)}–${formatCount(high)} pages`;
  return pageBytes === null ? range : `${range} · from ${formatSize(low * pageBytes)}`;
}
