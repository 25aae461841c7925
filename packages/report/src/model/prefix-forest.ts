import type { Policies, WaveSpec } from '@wavetune/documents';
import { type Cell, column, type Table } from '../table.ts';
import { counted, shortId } from './labels.ts';

/** What may be named one by one: rows, and bytes of them in the page; the rest is summed. Chosen for a page of 3 MB. */
export interface ForestBudget {
  readonly rows: number;
  readonly bytes: number;
}

export const FOREST_BUDGET: ForestBudget = { rows: 6_000, bytes: 900_000 };

/** The prefix forest as rows: cohorts by saved tokens with all above them, then one row for the rest below each. */
export interface ForestRows {
  readonly table: Table;
  /** Cohorts with a row of their own. */
  readonly named: number;
  /** Cohorts in sums. */
  readonly summed: number;
  readonly savedTokensNamed: number;
  readonly savedTokens: number;
}

type Cohort = WaveSpec['cohorts'][number];
type Rule = NonNullable<Policies['cache']>['cohorts'][number];

export const FOREST_COLUMNS = [
  column('prefix', 'prefix'),
  column('kind', 'kind'),
  column('cohorts', 'cohorts', 'count'),
  column('parent_row', 'parent row', 'number'),
  column('start_tokens', 'starts at token', 'count'),
  column('tokens', 'tokens', 'count'),
  column('requests', 'requests', 'count'),
  column('saved_tokens', 'tokens saved', 'count'),
  column('bytes', 'KV memory', 'bytes'),
  column('tenants', 'tenants', 'count'),
  column('reuse_median_seconds', 'reuse interval, median', 'seconds'),
  column('reuse_p90_seconds', 'reuse interval, 90 %', 'seconds'),
  column('kept_pages', 'pages kept', 'count'),
  column('pages', 'pages', 'count'),
  column('ttl_seconds', 'time to live', 'seconds'),
  column('priority', 'priority', 'number'),
] as const;

/**
 * Law: requests × tokens, saved tokens and cohorts of all rows sum to those of all cohorts, whatever the budget. A row of
 * sums has as requests those of the cohorts right below its parent, and as tokens their mean that keeps requests × tokens.
 *
 * Cost: O(cohorts).
 */
export function forestRowsOf(
  spec: Pick<WaveSpec, 'cohorts' | 'meta'>,
  rules: readonly Rule[],
  budget: ForestBudget,
): ForestRows {
  const { cohorts, meta } = spec;
  const index = new Map(cohorts.map(({ prefix }, i) => [prefix, i]));
  const parents = cohorts.map(({ parent }) => (parent === null ? -1 : (index.get(parent) ?? -1)));
  const ruleOf = new Map(rules.map((rule) => [rule.prefix, rule]));
  const rowOf = new Map<number, number>();
  const rows: Cell[][] = [];
  let bytes = 0;
  for (let i = 0; i < cohorts.length && rows.length < budget.rows; i++) {
    for (const each of pathTo(i, parents, rowOf)) {
      const row = cohortRow(cohorts[each], {
        parentRow: rowOf.get(parents[each]) ?? -1,
        blockSize: meta.block_size,
        rule: ruleOf.get(cohorts[each].prefix),
      });
      bytes += pageBytesOf(row);
      rowOf.set(each, rows.length);
      rows.push(row);
    }
    if (bytes > budget.bytes) break;
  }
  const named = rows.length;
  for (const rest of sumsOf(cohorts, parents, rowOf)) rows.push(restRow(rest, rows));
  const saved = (each: Iterable<number>): number =>
    [...each].reduce((sum, i) => sum + cohorts[i].saved_tokens, 0);
  return {
    table: { columns: FOREST_COLUMNS, rows },
    named,
    summed: cohorts.length - named,
    savedTokensNamed: saved(rowOf.keys()),
    savedTokens: saved(cohorts.keys()),
  };
}

/** As UTF-8, with what the page escapes in JSON written out. */
function pageBytesOf(row: readonly Cell[]): number {
  const json = JSON.stringify(row);
  return Buffer.byteLength(json) + 5 * (json.match(/[<>&]/g)?.length ?? 0);
}

/** The cohort and those above it that have no row yet, from the top; a circle of parents ends where it began. */
function pathTo(
  cohort: number,
  parents: readonly number[],
  rowOf: ReadonlyMap<number, number>,
): readonly number[] {
  const path: number[] = [];
  const seen = new Set<number>();
  for (let at = cohort; at >= 0 && !rowOf.has(at) && !seen.has(at); at = parents[at]) {
    seen.add(at);
    path.push(at);
  }
  return path.reverse();
}

function cohortRow(
  cohort: Cohort,
  at: {
    readonly parentRow: number;
    readonly blockSize: number;
    readonly rule: Rule | undefined;
  },
): Cell[] {
  const { reuse_interval_ms: reuse } = cohort;
  return [
    shortId(cohort.prefix),
    'cohort',
    1,
    at.parentRow,
    (cohort.depth - cohort.blocks) * at.blockSize,
    cohort.tokens,
    cohort.count,
    cohort.saved_tokens,
    cohort.bytes,
    cohort.tenants,
    reuse === null ? null : reuse.median / 1000,
    reuse === null ? null : reuse.p90 / 1000,
    cohort.npages,
    cohort.blocks,
    at.rule?.ttl_seconds ?? null,
    at.rule?.priority ?? null,
  ];
}

interface Rest {
  readonly parentRow: number;
  cohorts: number;
  requests: number;
  requestTokens: number;
  savedTokens: number;
  bytes: number | null;
  keptPages: number;
  pages: number;
}

/** What is below each named cohort (−1: at the top) without a row of its own, summed; in the order of the parents' rows. */
function sumsOf(
  cohorts: readonly Cohort[],
  parents: readonly number[],
  rowOf: ReadonlyMap<number, number>,
): readonly Rest[] {
  const rests = new Map<number, Rest>();
  cohorts.forEach((cohort, i) => {
    if (rowOf.has(i)) return;
    const path = pathTo(i, parents, rowOf);
    const parentRow = rowOf.get(parents[path[0]]) ?? -1;
    const rest = rests.get(parentRow) ?? emptyRest(parentRow);
    rests.set(parentRow, rest);
    rest.cohorts++;
    if (path.length === 1) rest.requests += cohort.count;
    rest.requestTokens += cohort.count * cohort.tokens;
    rest.savedTokens += cohort.saved_tokens;
    rest.bytes = rest.bytes === null || cohort.bytes === null ? null : rest.bytes + cohort.bytes;
    rest.keptPages += cohort.npages;
    rest.pages += cohort.blocks;
  });
  return [...rests.values()].sort((a, b) => a.parentRow - b.parentRow);
}

function emptyRest(parentRow: number): Rest {
  const nothing = { cohorts: 0, requests: 0, requestTokens: 0, savedTokens: 0 };
  return { parentRow, ...nothing, bytes: 0, keptPages: 0, pages: 0 };
}

function restRow(rest: Rest, rows: readonly (readonly Cell[])[]): Cell[] {
  const parent = rest.parentRow < 0 ? undefined : rows[rest.parentRow];
  const start = parent === undefined ? 0 : Number(parent[4]) + Number(parent[5]);
  return [
    counted(rest.cohorts, 'other'),
    'others',
    rest.cohorts,
    rest.parentRow,
    start,
    rest.requestTokens / Math.max(1, rest.requests),
    rest.requests,
    rest.savedTokens,
    rest.bytes,
    ...[null, null, null],
    rest.keptPages,
    rest.pages,
    ...[null, null],
  ];
}
