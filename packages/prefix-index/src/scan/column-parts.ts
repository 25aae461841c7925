import { closeSync, openSync } from 'node:fs';
import { setImmediate as otherWork } from 'node:timers/promises';
import { type ColumnFile, readColumnFile } from './column-file.ts';
import { sumGroup } from './column-pages.ts';
import { type ColumnState, takeGroup } from './column-state.ts';
import { type ColumnTable, createColumnTable } from './column-table.ts';
import type { ScanRules } from './event-scanner.ts';
import { type Exchange, openExchange, type Ports } from './exchange.ts';
import { endScan } from './scan-parts.ts';

/** A thread's share of a file that several of them sum. */
export interface ColumnShare {
  readonly path: string;
  readonly sizeBytes: number;
  readonly rules: ScanRules;
  readonly state: ColumnState;
  /** Of this thread, from 0 on. */
  readonly number: number;
  readonly ports: Ports;
}

/** All events of the prefixes that are a thread's own. */
export interface SummedShare {
  readonly layout: Uint8Array;
  /** That this thread read. */
  readonly events: number;
  readonly isWide: boolean;
  /** The names of all columns of the file. */
  readonly columns: readonly string[];
}

/**
 * Sums the groups of rows that nobody has taken, other work let in between, and what others read of its prefixes.
 *
 * @returns Undefined where a group holds anything but plain good events, whoever read it.
 */
export async function sumShare(share: ColumnShare): Promise<SummedShare | undefined> {
  const { path, sizeBytes, rules, state, number, ports } = share;
  const descriptor = openSync(path, 'r');
  try {
    const file = readColumnFile(descriptor, sizeBytes);
    const place = { count: ports.length, number };
    const table = createColumnTable(rules, file?.columns ?? [], place);
    const exchange = openExchange(table, ports, state.scan);
    if (file === undefined) endScan(state.scan);
    else await sumGroups(table, { descriptor, file, state, exchange });
    if (!(await exchange.end()) || file === undefined) return undefined;
    const [events, isWide] = [table.eventCount(), table.isWide()];
    return { layout: table.layOut(), events, isWide, columns: file.names };
  } finally {
    closeSync(descriptor);
    for (const port of ports) port?.close();
  }
}

interface OpenShare {
  readonly descriptor: number;
  readonly file: ColumnFile;
  readonly state: ColumnState;
  readonly exchange: Exchange;
}

async function sumGroups(table: ColumnTable, share: OpenShare): Promise<void> {
  const { descriptor, state, exchange } = share;
  const { groups } = share.file;
  for (;;) {
    const group = takeGroup(state, groups.length);
    if (group === undefined) return;
    if (!sumGroup(table, groups[group], { descriptor, pass: exchange.pass })) endScan(state.scan);
    await exchange.catchUp();
    await otherWork();
  }
}
