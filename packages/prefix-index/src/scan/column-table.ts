import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { LEAST_BUCKET, leastLatencies } from '../totals/latency-buckets.ts';
import { EMPTY_ROW } from '../totals/totals-columns.ts';
import type { EventColumn } from './column-fields.ts';
import { EVENT_FIELDS } from './event-fields.ts';
import { type EventScanner, exchangeOf, type ScanRules, type Share } from './event-scanner.ts';

/** A page of a column, unpacked. */
export interface ColumnPage {
  readonly field: number;
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** The levels at its beginning: how many bytes they take, or whether there are none, or 4 bytes that tell it. */
  readonly levels: number | 'none' | 'told';
  /** Whether its values are places in the dictionary. */
  readonly isCoded: boolean;
}

/**
 * Sums columns of prefix events outside of the heap; see `assembly/columns.ts`. What answers whether all is well answers false
 * where something is not plainly a good event: then nothing that this table holds is of use.
 */
export interface ColumnTable extends Omit<EventScanner, 'scan'> {
  /** The rows that follow are of another group: pages of it have dictionaries of it. */
  readonly beginGroup: () => void;
  readonly readDictionary: (field: number, bytes: Uint8Array, count: number) => boolean;
  /** Its rows are the next ones of its field, those before being added. */
  readonly readPage: (page: ColumnPage) => boolean;
  /** Adds the next rows of all fields. */
  readonly addRows: (count: number) => boolean;
}

const NO_KIND = 255;
const LEVELS = { none: -1, told: -2 } as const;

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly setKind: (field: number, kind: number) => void;
  readonly setRules: (halfLife: number, latest: number, leastBucket: number) => void;
  readonly beginGroup: () => void;
  readonly dictionaryRoom: (field: number, bytes: number) => number;
  readonly pageRoom: (field: number, bytes: number, isCoded: boolean) => number;
  readonly readDictionary: (field: number, bytes: number, count: number) => number;
  readonly readPage: (
    field: number,
    bytes: number,
    rows: number,
    levels: number,
    isCoded: boolean,
  ) => number;
  readonly addRows: (count: number) => number;
  readonly makeRoom: (bytes: number) => number;
  readonly setShare: (count: number, number: number) => void;
  readonly sentAt: (to: number) => number;
  readonly sentBytes: (to: number) => number;
  readonly clearSent: (to: number) => void;
  readonly addSent: (from: number, at: number, length: number) => number;
  readonly [address: string]: unknown;
}

let compiled: WebAssembly.Module | undefined;

/** A table that holds nothing, of events that have these columns. */
export function createColumnTable(
  rules: ScanRules,
  columns: readonly EventColumn[],
  share: Share,
): ColumnTable {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('columns.wasm', import.meta.url)));
  const isText = (at: number, length: number): boolean =>
    isUtf8(new Uint8Array(wasm.memory.buffer, at, length));
  const instance = new WebAssembly.Instance(compiled, { 'column-values': { isUtf8: isText } });
  const wasm = instance.exports as unknown as Exports;
  const ask = (name: string): number => (wasm[name] as () => number)() >>> 0;
  const put = (at: number, bytes: Uint8Array): void =>
    new Uint8Array(wasm.memory.buffer, at).set(bytes);
  setUp(wasm, ask, rules);
  wasm.setShare(share.count, share.number);
  for (const field of EVENT_FIELDS.keys()) {
    wasm.setKind(field, columns.find((column) => column.field === field)?.kind ?? NO_KIND);
  }
  return {
    ...exchangeOf(wasm),
    beginGroup: () => wasm.beginGroup(),
    readDictionary: (field, bytes, count) =>
      withoutTrap(() => {
        put(wasm.dictionaryRoom(field, bytes.length) >>> 0, bytes);
        return wasm.readDictionary(field, bytes.length, count) !== 0;
      }),
    readPage: ({ field, bytes, rows, levels, isCoded }) =>
      withoutTrap(() => {
        put(wasm.pageRoom(field, bytes.length, isCoded) >>> 0, bytes);
        const levelsBytes = typeof levels === 'number' ? levels : LEVELS[levels];
        return wasm.readPage(field, bytes.length, rows, levelsBytes, isCoded) !== 0;
      }),
    addRows: (count) => withoutTrap(() => wasm.addRows(count) !== 0),
    eventCount: () => ask('eventCount'),
    layOut: () => {
      const at = ask('layOut');
      return new Uint8Array(wasm.memory.buffer, at, ask('layoutBytes'));
    },
    isWide: () => ask('hasWideText') !== 0,
  };
}

/** What the kernel is told before the first page. */
function setUp(wasm: Exports, ask: (name: string) => number, rules: ScanRules): void {
  const put = (name: string, values: readonly number[]): void =>
    new Float64Array(wasm.memory.buffer, ask(name), values.length).set(values);
  put('emptyNumbersAt', EMPTY_ROW);
  put('bucketBounds', leastLatencies());
  wasm.setRules(rules.halfLifeMillis, rules.latestMillis, LEAST_BUCKET);
}

/** The kernel traps where its memory is at its end, at 4 GiB. */
function withoutTrap(run: () => boolean): boolean {
  try {
    return run();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return false;
    throw error;
  }
}
