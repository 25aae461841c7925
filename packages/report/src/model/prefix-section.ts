import { formatCount } from '@wavetune/core';
import { formatRatio, formatRough } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Section } from '../section.ts';
import { counted } from './labels.ts';
import { FOREST_BUDGET, type ForestRows, forestRowsOf } from './prefix-forest.ts';

const ID = 'prefixes';
const TITLE = 'Shared prefixes';

/** The forest of cohorts as an icicle, with a search over all that have a row. */
export function prefixSection(run: RunDocuments): Section {
  const { wavespec, wavespecAbsence } = run;
  if (wavespec === undefined) {
    return absentSection(
      ID,
      TITLE,
      wavespecAbsence ??
        `${RUN_FILES.wavespec} is not in the run folder: no prefixes were found. It comes from bin/export-wavespec --top-k none.`,
    );
  }
  if (wavespec.cohorts.length === 0) {
    return absentSection(ID, TITLE, 'No two requests share a prefix, so there is nothing to keep.');
  }
  const forest = forestRowsOf(wavespec, run.policies?.cache?.cohorts ?? [], FOREST_BUDGET);
  const lead = leadOf(forest, wavespec.cohorts.length, wavespec.meta);
  return {
    id: ID,
    title: TITLE,
    lead,
    absent: false,
    blocks: [
      {
        kind: 'figure',
        figure: {
          id: 'prefix-icicle',
          kind: 'icicle',
          title:
            'Prefixes from left to right; height is tokens × requests of a prefix and all below it',
          summary: lead,
          table: forest.table,
          options: {},
        },
      },
    ],
  };
}

function leadOf(
  forest: ForestRows,
  cohorts: number,
  meta: { readonly input_tokens: number; readonly ceiling_hit_tokens: number },
): string {
  const share = forest.savedTokens === 0 ? null : forest.savedTokensNamed / forest.savedTokens;
  const named =
    forest.summed === 0
      ? 'Each is on this page by name.'
      : `${formatCount(forest.named)} are on this page by name and hold ${formatRatio(share)} of what they save; the other ${formatCount(forest.summed)} are summed, below the prefix that each continues. All are in ${RUN_FILES.wavespec}.`;
  const ceiling = meta.input_tokens === 0 ? null : meta.ceiling_hit_tokens / meta.input_tokens;
  return (
    `${counted(cohorts, 'cohort')} (runs of blocks that the same requests share) would save ${formatRough(forest.savedTokens)} tokens in a cache without limits; ` +
    `over the whole trace such a cache hits ${formatRatio(ceiling)} of ${formatRough(meta.input_tokens)} prompt tokens. ${named}`
  );
}
