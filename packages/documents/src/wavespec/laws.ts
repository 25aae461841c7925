import type { Cohort, Extent } from './cohort.ts';
import type { Meta } from './meta.ts';
import type { Wave } from './wave.ts';

/** The parts of a document that must agree with one another. */
export interface WaveSpecParts {
  readonly pack_order: readonly string[];
  readonly cohorts: readonly Cohort[];
  readonly extents: readonly Extent[];
  readonly waves: readonly Wave[];
  readonly meta: Meta;
}

/** A law that a document breaks, and where. */
export interface BrokenLaw {
  readonly path: readonly (string | number)[];
  readonly problem: string;
}

/** Every law across fields that the parts break; O(cohorts + extents). */
export function* brokenLaws(spec: WaveSpecParts): Generator<BrokenLaw> {
  const pages = spec.pack_order.length;
  if (spec.meta.kept.blocks !== pages) {
    yield {
      path: ['meta', 'kept', 'blocks'],
      problem: `is ${spec.meta.kept.blocks}, but pack_order holds ${pages} blocks`,
    };
  }
  if (spec.meta.wave_windows.length !== spec.waves.length) {
    yield {
      path: ['meta', 'wave_windows'],
      problem: `has ${spec.meta.wave_windows.length} entries for ${spec.waves.length} waves`,
    };
  }
  yield* brokenCohorts(spec.cohorts, pages);
  yield* brokenExtents(spec, pages);
}

function* brokenCohorts(cohorts: readonly Cohort[], pages: number): Generator<BrokenLaw> {
  const seen = new Set<string>();
  for (let i = 0; i < cohorts.length; i++) {
    const cohort = cohorts[i];
    if (i > 0 && cohort.saved_tokens > cohorts[i - 1].saved_tokens) {
      yield {
        path: ['cohorts', i, 'saved_tokens'],
        problem: 'cohorts must be sorted by saved_tokens, descending',
      };
    }
    if (seen.has(cohort.prefix)) {
      yield { path: ['cohorts', i, 'prefix'], problem: `"${cohort.prefix}" appears twice` };
    }
    seen.add(cohort.prefix);
    if (cohort.start_page !== null && cohort.start_page + cohort.npages > pages) {
      yield {
        path: ['cohorts', i, 'npages'],
        problem: `ends past the last of ${pages} pages`,
      };
    }
  }
}

function* brokenExtents(spec: WaveSpecParts, pages: number): Generator<BrokenLaw> {
  for (let i = 0; i < spec.extents.length; i++) {
    const extent = spec.extents[i];
    if (extent.cohort !== undefined && extent.start_page + extent.npages > pages) {
      yield { path: ['extents', i, 'npages'], problem: `ends past the last of ${pages} pages` };
    }
  }
}
