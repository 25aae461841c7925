import { formatCount, formatSize } from '@wavetune/core';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import type { Block, Section } from '../section.ts';
import { type Cell, column } from '../table.ts';
import { counted, shortId } from './labels.ts';
import { checksOf } from './quality-checks.ts';

const REASONS_LISTED = 20;

/** What was wrong with the data, what the documents do not agree on, and what the figures rest on. */
export function qualitySection(run: RunDocuments): Section {
  const faults = disagreements(run);
  const checks = checksOf(run);
  const notes = [...faults, ...(run.manifest?.notes ?? [])];
  return {
    id: 'quality',
    title: 'Data quality',
    lead: leadOf(run, faults.length),
    absent: false,
    blocks: [
      ...notes.map((text): Block => ({ kind: 'note', text })),
      {
        kind: 'table',
        table: {
          id: 'checks',
          title: 'Checks',
          columns: [
            column('check', 'check'),
            column('found', 'found'),
            column('meaning', 'what it means'),
          ],
          rows: checks,
        },
      },
      ...quarantineBlock(run),
      ...gatesBlock(run),
      ...inputsBlock(run),
    ],
  };
}

function leadOf({ wavespec, policies, quarantine }: RunDocuments, faults: number): string {
  const quality = wavespec?.meta.quality;
  const requests = wavespec?.meta.requests ?? policies?.meta.requests;
  const agreement =
    faults === 0
      ? ''
      : ` ${counted(faults, 'disagreement')} between the documents of this run: read the figures with care.`;
  if (quality === undefined) {
    return `${RUN_FILES.wavespec}, which carries the counts of bad records, is not in the run folder.${agreement}`;
  }
  const bad = Math.max(quality.quarantined, quarantine?.records ?? 0);
  const troubles = bad + quality.parent_conflicts + quality.duplicate_files.length;
  return troubles === 0
    ? `${counted(requests ?? 0, 'request')} read; none was bad, no file twice, no conflict of ids.${agreement}`
    : `${counted(requests ?? 0, 'request')} read; ${counted(bad, 'bad record')} left out, ${counted(quality.duplicate_files.length, 'duplicate file')}, ${counted(quality.parent_conflicts, 'id conflict')}.${agreement}`;
}

/** Figures of one trace that documents of one run give differently. */
export function disagreements(run: RunDocuments): readonly string[] {
  const replays = (['replay', 'lruCurve', 'ttlCurve', 'tiers'] as const).map(
    (key) => [RUN_FILES[key], run[key]?.trace] as const,
  );
  const requests: readonly (readonly [string, number | undefined])[] = [
    [RUN_FILES.wavespec, run.wavespec?.meta.requests],
    ...replays.map(([file, trace]) => [file, trace?.requests] as const),
    [RUN_FILES.policies, run.policies?.meta.requests],
  ];
  const blocks: readonly (readonly [string, number | undefined])[] = [
    [RUN_FILES.wavespec, run.wavespec?.meta.distinct_blocks],
    ...replays.map(([file, trace]) => [file, trace?.distinctBlocks] as const),
  ];
  const models: readonly (readonly [string, string | null | undefined])[] = [
    [RUN_FILES.wavespec, run.wavespec?.meta.model],
    [RUN_FILES.policies, run.policies?.meta.model],
  ];
  return [
    ...differing('requests', requests, formatCount),
    ...differing('distinct blocks', blocks, formatCount),
    ...differing('model', models, String),
  ];
}

function differing<T extends string | number>(
  what: string,
  found: readonly (readonly [file: string, value: T | null | undefined])[],
  format: (value: T) => string,
): readonly string[] {
  const given = found.flatMap(([file, value]) =>
    value === null || value === undefined ? [] : [[file, value] as const],
  );
  if (new Set(given.map(([, value]) => value)).size < 2) return [];
  const list = given.map(([file, value]) => `${file} says ${format(value)}`).join(', ');
  return [
    `The documents disagree on ${what}: ${list}. They are of different traces or options, and figures from both must not be compared.`,
  ];
}

function quarantineBlock({ quarantine }: RunDocuments): readonly Block[] {
  if (quarantine === undefined || quarantine.records === 0) return [];
  const rest = quarantine.reasons.slice(REASONS_LISTED);
  const rows: Cell[][] = quarantine.reasons
    .slice(0, REASONS_LISTED)
    .map(({ reason, records, example }) => [reason, records, example]);
  if (rest.length > 0) {
    const sum = rest.reduce((total, { records }) => total + records, 0);
    rows.push([counted(rest.length, 'other reason'), sum, rest[0].example]);
  }
  return [
    {
      kind: 'table',
      table: {
        id: 'quarantine',
        title: `Why records were quarantined (n stands for a number); all are in ${RUN_FILES.quarantine}`,
        columns: [
          column('reason', 'reason'),
          column('records', 'records', 'count'),
          column('example', 'for example'),
        ],
        rows,
      },
    },
  ];
}

function gatesBlock({ manifest }: RunDocuments): readonly Block[] {
  if (manifest?.gates === undefined || manifest.gates.length === 0) return [];
  return [
    {
      kind: 'table',
      table: {
        id: 'gates',
        title: 'Gates before publishing',
        columns: [column('gate', 'gate'), column('outcome', 'outcome'), column('reason', 'reason')],
        rows: manifest.gates.map(({ name, passed, reason }) => [
          name,
          passed ? 'passed' : 'FAILED',
          reason,
        ]),
      },
    },
  ];
}

function inputsBlock({ wavespec, policies }: RunDocuments): readonly Block[] {
  const inputs = wavespec?.meta.inputs ?? policies?.meta.inputs ?? [];
  if (inputs.length === 0) return [];
  const shown = inputs.slice(0, 50);
  const rest = inputs.slice(50);
  const rows = shown.map(({ path, bytes }): readonly Cell[] => [shortId(path), bytes]);
  if (rest.length > 0) {
    rows.push([
      counted(rest.length, 'other file'),
      rest.reduce((sum, { bytes }) => sum + bytes, 0),
    ]);
  }
  const total = inputs.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    {
      kind: 'table',
      table: {
        id: 'inputs',
        title: `Inputs: ${counted(inputs.length, 'file')}, ${formatSize(total)}`,
        columns: [column('file', 'file'), column('bytes', 'size', 'bytes')],
        rows,
      },
    },
  ];
}
