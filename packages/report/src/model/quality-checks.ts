import { formatCount } from '@wavetune/core';
import type { WaveSpec } from '@wavetune/documents';
import { formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { counted, quotedId } from './labels.ts';

/** What was looked at, what was found, what it means. */
export type Check = readonly [check: string, found: string, meaning: string];

/** Every check that the documents of a run allow. */
export function checksOf(run: RunDocuments): readonly Check[] {
  return [
    ...(run.wavespec === undefined ? [] : logChecks(run.wavespec.meta)),
    ...curveCheck(run),
    ...sampleCheck(run),
    ...missingDocuments(run),
  ];
}

function logChecks({ quality, namespaced, tail }: WaveSpec['meta']): readonly Check[] {
  const conflicts = 'one block id under two parents; each occurrence counts as a block of its own';
  return [
    ['Bad records, quarantined', formatCount(quality.quarantined), 'left out of every figure'],
    [
      'Duplicate files',
      formatCount(quality.duplicate_files.length),
      duplicatesText(quality.duplicate_files),
    ],
    ['Id conflicts', formatCount(quality.parent_conflicts), conflicts],
    ['Requests out of order', formatCount(quality.out_of_order), 'put in order of arrival'],
    namespaced
      ? ['Ids local to a file', 'yes', 'sharing between files is not in the data']
      : ['Ids local to a file', 'no', 'one id means one prefix in all files'],
    tail === 'count'
      ? ['Partial last block', 'counted', 'with its remainder of tokens']
      : ['Partial last block', 'dropped', 'as engines do, which cache full blocks only'],
  ];
}

const DUPLICATES_NAMED = 5;

function duplicatesText(files: readonly string[]): string {
  if (files.length === 0) return 'each file was read once';
  const rest = files.length - DUPLICATES_NAMED;
  const named = files.slice(0, DUPLICATES_NAMED).map(quotedId).join(', ');
  return `left out: ${named}${rest > 0 ? ` and ${counted(rest, 'other')}` : ''}`;
}

function curveCheck({ lruCurve }: RunDocuments): readonly Check[] {
  const curve = lruCurve?.curves?.[0];
  if (curve === undefined) return [];
  if (curve.meanError === null) return [['LRU curve', 'exact', 'no sampling error']];
  const share = `from ${formatRatio(curve.sampleRatio)} of the chains`;
  return [['LRU curve', share, `standard error ${formatRatio(curve.meanError)} of hit ratio`]];
}

function sampleCheck({ replay }: RunDocuments): readonly Check[] {
  const samples = (replay?.results ?? []).flatMap(({ sample }) => (sample ? [sample] : []));
  if (samples.length === 0) return [];
  const error = Math.max(...samples.map(({ standardError }) => standardError));
  const share = `from ${formatRatio(samples[0].ratio)} of the chains`;
  const meaning = `estimates; standard error at most ${formatRatio(error)} of hit ratio`;
  return [['Policies of the replay', share, meaning]];
}

const OPTIONAL: ReadonlySet<string> = new Set(['manifest', 'quarantine']);

function missingDocuments(run: RunDocuments): readonly Check[] {
  return Object.entries(RUN_FILES)
    .filter(([key]) => run[key as keyof typeof RUN_FILES] === undefined && !OPTIONAL.has(key))
    .map(([, file]): Check => [`Document ${file}`, 'missing', 'the sections that need it say so']);
}
