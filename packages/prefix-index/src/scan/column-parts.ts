import { closeSync, openSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { readColumnFile } from './column-file.ts';
import { sumGroup } from './column-pages.ts';
import { type ColumnState, endColumns, takeGroup } from './column-state.ts';
import { type ColumnTable, createColumnTable } from './column-table.ts';
import type { ScanRules } from './event-scanner.ts';

/** A file that threads sum together. */
export interface ColumnWork {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rules: ScanRules;
  readonly state: ColumnState;
}

export interface SummedGroups {
  readonly table: ColumnTable;
  /** Of the file. */
  readonly columns: readonly string[];
}

/**
 * Sums the groups of rows that nobody has taken, other work let in between.
 *
 * @returns Undefined where none was left, or where the scan is over, as it is once a group holds anything but plain good events.
 */
export async function sumGroups(work: ColumnWork): Promise<SummedGroups | undefined> {
  const { path, sizeBytes, rules, state } = work;
  const descriptor = openSync(path, 'r');
  try {
    const file = readColumnFile(descriptor, sizeBytes);
    if (file === undefined) {
      endColumns(state);
      return undefined;
    }
    const { groups, names } = file;
    let table: ColumnTable | undefined;
    for (;;) {
      const group = takeGroup(state, groups.length);
      if (group === undefined) return table && { table, columns: names };
      table ??= createColumnTable(rules, file.columns);
      if (!sumGroup(table, descriptor, groups[group])) endColumns(state);
      await otherWork();
    }
  } finally {
    closeSync(descriptor);
  }
}
