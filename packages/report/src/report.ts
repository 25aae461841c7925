import { formatCount } from '@wavetune/core';
import { applySection } from './model/apply-section.ts';
import { comparisonSection } from './model/comparison-section.ts';
import { type Headline, headlineOf } from './model/headline.ts';
import { hitRatioSection } from './model/hit-ratio-section.ts';
import { kernelsSection } from './model/kernels-section.ts';
import { counted, shortId } from './model/labels.ts';
import { layoutSection } from './model/layout-section.ts';
import { missesSection } from './model/misses-section.ts';
import { prefixSection } from './model/prefix-section.ts';
import { disagreements, qualitySection } from './model/quality-section.ts';
import { reuseSection } from './model/reuse-section.ts';
import { tenantsSection } from './model/tenants-section.ts';
import { tiersSection } from './model/tiers-section.ts';
import { verdictsOf, verdictsSection } from './model/verdicts-section.ts';
import type { RunDocuments } from './run/run-documents.ts';
import type { Section, Verdict } from './section.ts';

/** All that a page, a picture or a summary of a run says, before it has a form. */
export interface Report {
  readonly title: string;
  /** The trace and the model, in a line. */
  readonly subject: string;
  readonly headline: Headline;
  readonly verdicts: readonly Verdict[];
  /** What makes the figures doubtful; shown before them. */
  readonly warnings: readonly string[];
  readonly sections: readonly Section[];
}

const SECTIONS: readonly ((run: RunDocuments) => Section | readonly Section[])[] = [
  verdictsSection,
  hitRatioSection,
  missesSection,
  prefixSection,
  reuseSection,
  layoutSection,
  tiersSection,
  tenantsSection,
  kernelsSection,
  ({ comparison }) => (comparison === undefined ? [] : [comparisonSection(comparison)]),
  qualitySection,
  applySection,
];

/**
 * What a run says; a pure function of its documents, so the same documents give the same report.
 *
 * @param previous - The run to compare the headline with, if there is one.
 */
export function buildReport(run: RunDocuments, previous: RunDocuments | undefined): Report {
  const failed = (run.manifest?.gates ?? []).filter(({ passed }) => !passed);
  return {
    title: run.manifest?.title ?? `Run ${run.manifest?.date ?? shortId(run.name)}`,
    subject: subjectOf(run),
    headline: headlineOf(run, previous),
    verdicts: run.policies === undefined ? [] : verdictsOf(run.policies),
    warnings: [
      ...failed.map(({ name, reason }) => `Gate ${name} failed: ${reason}`),
      ...disagreements(run),
    ],
    sections: SECTIONS.flatMap((section) => section(run)),
  };
}

function subjectOf({ wavespec, replay, policies }: RunDocuments): string {
  const meta = wavespec?.meta;
  const requests = meta?.requests ?? replay?.trace.requests ?? policies?.meta.requests;
  const tokens = meta?.input_tokens ?? replay?.trace.inputTokens;
  const parts = [
    requests === undefined ? '' : counted(requests, 'request'),
    tokens === undefined ? '' : `${formatCount(tokens)} prompt tokens`,
    meta?.format ?? policies?.meta.format ?? '',
    policies?.meta.model ?? meta?.model ?? '',
    policies?.meta.device ?? '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}
