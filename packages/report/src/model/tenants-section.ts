import { formatCount } from '@wavetune/core';
import type { CacheReplay } from '@wavetune/documents';
import { formatRatio } from '../quantities.ts';
import { RUN_FILES, type RunDocuments } from '../run/run-documents.ts';
import { absentSection, type Section } from '../section.ts';
import { type Cell, column, type Table } from '../table.ts';
import { counted, quotedId, shortId } from './labels.ts';

const ID = 'tenants';
const TITLE = 'Tenants';

/** Tenants with a row of their own; the rest is summed. Chosen: more rows nobody reads. */
const TENANTS_NAMED = 300;

type Tenant = NonNullable<CacheReplay['tenants']>[number];

/** Who asked for how much and hit how much of it, at the largest capacity that was explained. */
export function tenantsSection({ replay }: RunDocuments): Section {
  const all = replay?.tenants ?? [];
  const largest = Math.max(0, ...all.map(({ capacityBlocks }) => capacityBlocks));
  const tenants = all.filter(({ capacityBlocks }) => capacityBlocks === largest);
  if (tenants.length === 0) return absentSection(ID, TITLE, absenceOf(replay));
  const sorted = [...tenants].sort(
    (a, b) => b.inputTokens - a.inputTokens || (a.tenant < b.tenant ? -1 : 1),
  );
  const table = tenantTable(sorted);
  return {
    id: ID,
    title: TITLE,
    lead: leadOf(sorted, largest),
    absent: false,
    blocks: [
      {
        kind: 'figure',
        figure: {
          id: 'tenants-by-size',
          kind: 'tenant-dots',
          title: 'Hit ratio of each tenant by its prompt tokens',
          summary: leadOf(sorted, largest),
          table: { ...table, rows: table.rows.slice(0, TENANTS_NAMED) },
          options: {},
        },
      },
      { kind: 'table', table: { id: 'tenants', title: 'Tenants by prompt tokens', ...table } },
    ],
  };
}

function absenceOf(replay: CacheReplay | undefined): string {
  if (replay === undefined) return `${RUN_FILES.replay} is not in the run folder.`;
  if (replay.tenants === undefined) return `${RUN_FILES.replay} was made without --why.`;
  return 'The log names no tenants.';
}

function tenantTable(sorted: readonly Tenant[]): Table {
  const rest = sorted.slice(TENANTS_NAMED);
  const rows: Cell[][] = sorted
    .slice(0, TENANTS_NAMED)
    .map((tenant) => [
      shortId(tenant.tenant),
      tenant.requests,
      tenant.inputTokens,
      tenant.hitTokens,
      tenant.hitRatio,
    ]);
  if (rest.length > 0) {
    const sum = (field: 'requests' | 'inputTokens' | 'hitTokens'): number =>
      rest.reduce((total, tenant) => total + tenant[field], 0);
    const input = sum('inputTokens');
    const ratio = input === 0 ? null : sum('hitTokens') / input;
    rows.push([
      `${counted(rest.length, 'other')} together`,
      sum('requests'),
      input,
      sum('hitTokens'),
      ratio,
    ]);
  }
  return {
    columns: [
      column('tenant', 'tenant'),
      column('requests', 'requests', 'count'),
      column('prompt_tokens', 'prompt tokens', 'count'),
      column('hit_tokens', 'hit tokens', 'count'),
      column('hit_ratio', 'hit ratio', 'ratio'),
    ],
    rows,
  };
}

function leadOf(sorted: readonly Tenant[], blocks: number): string {
  const total = sorted.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const [first] = sorted;
  const share = total === 0 ? null : first.inputTokens / total;
  const named =
    sorted.length > TENANTS_NAMED
      ? ` The ${TENANTS_NAMED} largest are listed, the others summed.`
      : '';
  return `${counted(sorted.length, 'tenant')} share ${formatCount(blocks)} blocks under ${first.policy}; the largest, ${quotedId(first.tenant)}, sends ${formatRatio(share)} of the prompt tokens and hits ${formatRatio(first.hitRatio)} of them.${named}`;
}
