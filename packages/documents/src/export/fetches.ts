import { documentsError } from '../documents-errors.ts';
import type { Cohort, Extent } from '../wavespec/cohort.ts';
import type { WaveSpec } from '../wavespec/wave-spec.ts';

/** A run of pages that a consumer should bring in, most valuable first. */
export interface Fetch {
  /** Prefix of the cohort; `layer:first page` where a log's own page ranges have none. */
  readonly prefix: string;
  readonly layer: number;
  readonly startPage: number;
  readonly pages: number;
  readonly sizeBytes: number;
  /** None for a page range that the log itself carries. */
  readonly cohort: Cohort | undefined;
}

/** The fetches and the page size that gives them their bytes. */
export interface FetchList {
  readonly pageBytes: number;
  readonly fetches: readonly Fetch[];
}

/**
 * One fetch an extent, in the order of the document's extents but cohorts' first, by saved tokens.
 *
 * A page of our layout holds all layers of one block, so its layer is 0.
 *
 * @throws WavetuneError `documents.cannot-export` without page bytes, or for a layer that is no number.
 */
export function fetchesOf(spec: WaveSpec, format: string): FetchList {
  const pageBytes = spec.meta.page_bytes;
  if (pageBytes === null) {
    throw documentsError('documents.cannot-export', {
      format,
      lacks: 'meta.page_bytes; give a model or the bytes of a page',
    });
  }
  const rankByPrefix = new Map(spec.cohorts.map((cohort, rank) => [cohort.prefix, rank]));
  const rankOf = (extent: Extent) => rankByPrefix.get(extent.cohort ?? '') ?? spec.cohorts.length;
  const fetches = [...spec.extents]
    .sort((a, b) => rankOf(a) - rankOf(b))
    .map((extent) => toFetch(extent, spec.cohorts[rankOf(extent)], { pageBytes, format }));
  return { pageBytes, fetches };
}

function toFetch(
  extent: Extent,
  cohort: Cohort | undefined,
  context: { readonly pageBytes: number; readonly format: string },
): Fetch {
  const layer = Number(extent.layer ?? '0');
  if (!Number.isSafeInteger(layer) || layer < 0) {
    throw documentsError('documents.cannot-export', {
      format: context.format,
      lacks: `a number as layer; one extent's layer is "${extent.layer}"`,
    });
  }
  return {
    prefix: cohort?.prefix ?? extent.cohort ?? `${layer}:${extent.start_page}`,
    layer,
    startPage: extent.start_page,
    pages: extent.npages,
    sizeBytes: extent.npages * context.pageBytes,
    cohort,
  };
}
