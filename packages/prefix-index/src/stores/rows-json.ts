import {
  AT,
  EMPTY_ROW,
  type FlatTriples,
  ROW_WIDTH,
  TOTALS_NUMBERS,
  type TotalsColumns,
} from '../totals/totals-columns.ts';

/** A row of totals as JSON; numbers that say nothing are left out. */
export interface RowJson {
  readonly tenant: string;
  readonly model: string;
  readonly prefix: string;
  readonly parent?: string;
  readonly numbers: Readonly<Record<string, number>>;
  /** Bucket, count, bucket, count … */
  readonly latencies?: readonly number[];
  /** Layer, first page, last page. */
  readonly pages?: readonly (readonly [string, number, number])[];
}

export function rowToJson(totals: TotalsColumns, row: number): RowJson {
  const { tenants, models, prefixes, parents, latencies, pages } = totals;
  const parent = parents[row];
  return {
    tenant: tenants[row],
    model: models[row],
    prefix: prefixes[row],
    ...(parent !== undefined && { parent }),
    numbers: numbersToJson(totals.numbers, row * ROW_WIDTH),
    ...(latencies[row].length > 0 && { latencies: latencies[row] }),
    ...(pages[row].length > 0 && { pages: pagesToJson(pages[row], totals.layers) }),
  };
}

/** The rows as totals. @throws TypeError where a row is none. */
export function rowsFromJson(rows: readonly RowJson[]): TotalsColumns {
  const layers: string[] = [];
  const layerIds = new Map<string, number>();
  const numbers = new Float64Array(rows.length * ROW_WIDTH);
  for (const [row, json] of rows.entries()) {
    checkRow(json);
    numbers.set(EMPTY_ROW, row * ROW_WIDTH);
    for (const [name, value] of Object.entries(json.numbers)) {
      const at = (AT as Readonly<Record<string, number>>)[name];
      if (at === undefined || !Number.isFinite(value)) throw new TypeError(`a number "${name}"`);
      numbers[row * ROW_WIDTH + at] = value;
    }
  }
  const idOf = (layer: string): number => {
    const id = layerIds.get(layer) ?? layers.push(layer) - 1;
    layerIds.set(layer, id);
    return id;
  };
  return {
    rowCount: rows.length,
    tenants: rows.map(({ tenant }) => tenant),
    models: rows.map(({ model }) => model),
    prefixes: rows.map(({ prefix }) => prefix),
    parents: rows.map(({ parent }) => parent),
    numbers,
    latencies: rows.map(({ latencies }) => latencies ?? []),
    pages: rows.map(({ pages }) => pagesFromJson(pages ?? [], idOf)),
    layers,
  };
}

function numbersToJson(numbers: Float64Array, from: number): Record<string, number> {
  const json: Record<string, number> = {};
  for (let at = 0; at < ROW_WIDTH; at++) {
    if (numbers[from + at] !== EMPTY_ROW[at]) json[TOTALS_NUMBERS[at]] = numbers[from + at];
  }
  return json;
}

function pagesToJson(pages: FlatTriples, layers: readonly string[]): [string, number, number][] {
  const runs: [string, number, number][] = [];
  for (let at = 0; at < pages.length; at += 3) {
    runs.push([layers[pages[at]], pages[at + 1], pages[at + 2]]);
  }
  return runs;
}

/** Layers are numbered anew, and runs stand in the order of their numbers. */
function pagesFromJson(
  runs: readonly (readonly [string, number, number])[],
  idOf: (layer: string) => number,
): FlatTriples {
  const numbered = runs.map(([layer, first, last]) => [idOf(layer), first, last] as const);
  return numbered.sort((a, b) => a[0] - b[0] || a[1] - b[1]).flat();
}

function checkRow(row: RowJson): void {
  for (const name of [row.tenant, row.model, row.prefix, row.parent ?? '']) {
    if (typeof name !== 'string') throw new TypeError('a name that is no text');
  }
  if (typeof row.numbers !== 'object') throw new TypeError('a row without numbers');
}
