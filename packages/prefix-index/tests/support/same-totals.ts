import { expect } from 'vitest';
import { ROW_WIDTH, type TotalsColumns } from '../../src/totals/totals-columns.ts';
import { createTotalsTable } from '../../src/totals/totals-table.ts';

/** Sums differ by their order. */
const TOLERANCE = 1e-9;

/** By key the same numbers, latencies, and pages under their layers' names. */
export function expectSameTotals(
  found: TotalsColumns,
  expected: TotalsColumns,
  halfLifeMillis: number,
): void {
  const rows = byKey(found, halfLifeMillis);
  const expectedRows = byKey(expected, halfLifeMillis);
  expect([...rows.keys()].sort()).toEqual([...expectedRows.keys()].sort());
  for (const [key, row] of rows) {
    const { numbers, ...others } = expectedRows.get(key)!;
    const { numbers: foundNumbers, ...foundOthers } = row;
    expect(foundOthers).toEqual(others);
    if (!foundNumbers.every((value, i) => isClose(value, numbers[i]))) {
      expect(foundNumbers).toEqual(numbers);
    }
  }
}

function isClose(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

function byKey(totals: TotalsColumns, halfLifeMillis: number) {
  const table = createTotalsTable(halfLifeMillis);
  for (let row = 0; row < totals.rowCount; row++) table.mergeRow(totals, row);
  const merged = table.columns();
  return new Map(
    Array.from({ length: merged.rowCount }, (_, row) => [
      [merged.tenants[row], merged.models[row], merged.prefixes[row]].join('\n'),
      {
        parent: merged.parents[row],
        numbers: [...merged.numbers.subarray(row * ROW_WIDTH, (row + 1) * ROW_WIDTH)],
        latencies: merged.latencies[row],
        pages: pagesOf(merged, row),
      },
    ]),
  );
}

function pagesOf({ pages, layers }: TotalsColumns, row: number): readonly string[] {
  const runs: string[] = [];
  for (let at = 0; at < pages[row].length; at += 3) {
    runs.push(`${layers[pages[row][at]]}:${pages[row][at + 1]}-${pages[row][at + 2]}`);
  }
  return runs.sort();
}
