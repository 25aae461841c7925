import type { ItemEvent } from './item-event.ts';

/**
 * A stream of item events in columns: n events in the order of their times, names by dense ids in order of first
 * appearance. 29 bytes an event beside the names.
 */
export interface EventColumns {
  /** Milliseconds since 1970, ascending; shape `[n]`. */
  readonly timeMillis: Float64Array;
  readonly users: Uint32Array;
  readonly actions: Uint32Array;
  readonly items: Uint32Array;
  readonly categories: Uint32Array;
  readonly sizeBytes: Uint32Array;
  /** 1 where the event asks the cache. */
  readonly isRequest: Uint8Array;
  readonly names: EventNames;
}

/** By the ids in the columns. */
export interface EventNames {
  readonly users: readonly string[];
  readonly actions: readonly string[];
  readonly items: readonly string[];
  readonly categories: readonly string[];
}

/** Events `[begin, end)`. */
export interface EventRange {
  readonly begin: number;
  readonly end: number;
}

export function eventCount(columns: EventColumns): number {
  return columns.timeMillis.length;
}

export function eventAt(columns: EventColumns, i: number): ItemEvent {
  const { names } = columns;
  return {
    timeMillis: columns.timeMillis[i],
    user: names.users[columns.users[i]],
    action: names.actions[columns.actions[i]],
    item: names.items[columns.items[i]],
    category: names.categories[columns.categories[i]],
    isRequest: columns.isRequest[i] === 1,
    sizeBytes: columns.sizeBytes[i],
  };
}

/** The first `count` events, over the same memory. */
export function firstEvents(columns: EventColumns, count: number): EventColumns {
  const { names, ...rows } = columns;
  return {
    timeMillis: rows.timeMillis.subarray(0, count),
    users: rows.users.subarray(0, count),
    actions: rows.actions.subarray(0, count),
    items: rows.items.subarray(0, count),
    categories: rows.categories.subarray(0, count),
    sizeBytes: rows.sizeBytes.subarray(0, count),
    isRequest: rows.isRequest.subarray(0, count),
    names,
  };
}

/** Collects events into columns. */
export interface EventRecorder {
  add(event: ItemEvent): void;
  /** Sorted by time; events of one time stay in their order. */
  finish(): RecordedEvents;
}

export interface RecordedEvents {
  readonly columns: EventColumns;
  /** Events that came after a later one. */
  readonly outOfOrder: number;
}

const FIRST_ROOM = 1024;
const LARGEST_SIZE = 0xffff_ffff;

export function createEventRecorder(): EventRecorder {
  const names = {
    users: createNames(),
    actions: createNames(),
    items: createNames(),
    categories: createNames(),
  };
  let table = createTable(FIRST_ROOM);
  let count = 0;
  let latestMillis = Number.NEGATIVE_INFINITY;
  let outOfOrder = 0;
  return {
    add: (event) => {
      if (count === table.timeMillis.length) table = grown(table);
      table.timeMillis[count] = event.timeMillis;
      table.users[count] = names.users.idOf(event.user);
      table.actions[count] = names.actions.idOf(event.action);
      table.items[count] = names.items.idOf(event.item);
      table.categories[count] = names.categories.idOf(event.category);
      table.sizeBytes[count] = Math.min(event.sizeBytes, LARGEST_SIZE);
      table.isRequest[count] = event.isRequest ? 1 : 0;
      count++;
      if (event.timeMillis < latestMillis) outOfOrder++;
      latestMillis = Math.max(latestMillis, event.timeMillis);
    },
    finish: () => {
      const texts = {
        users: names.users.all,
        actions: names.actions.all,
        items: names.items.all,
        categories: names.categories.all,
      };
      const order = outOfOrder > 0 ? timeOrder(table.timeMillis.subarray(0, count)) : undefined;
      return { columns: { ...taken(table, count, order), names: texts }, outOfOrder };
    },
  };
}

type Table = Omit<{ -readonly [K in keyof EventColumns]: EventColumns[K] }, 'names'>;

function createTable(room: number): Table {
  return {
    timeMillis: new Float64Array(room),
    users: new Uint32Array(room),
    actions: new Uint32Array(room),
    items: new Uint32Array(room),
    categories: new Uint32Array(room),
    sizeBytes: new Uint32Array(room),
    isRequest: new Uint8Array(room),
  };
}

function grown(table: Table): Table {
  const larger = createTable(2 * table.timeMillis.length);
  for (const name of Object.keys(table) as (keyof Table)[]) larger[name].set(table[name]);
  return larger;
}

/** The first `count` rows, in `order` where one is given. */
function taken(table: Table, count: number, order: Uint32Array | undefined): Table {
  const rows = createTable(count);
  for (const name of Object.keys(table) as (keyof Table)[]) {
    if (order === undefined) rows[name].set(table[name].subarray(0, count));
    else
      order.forEach((from, to) => {
        rows[name][to] = table[name][from];
      });
  }
  return rows;
}

function timeOrder(timeMillis: Float64Array): Uint32Array {
  const order = Uint32Array.from(timeMillis.keys());
  return order.sort((a, b) => timeMillis[a] - timeMillis[b] || a - b);
}

function createNames(): { idOf(name: string): number; readonly all: readonly string[] } {
  const ids = new Map<string, number>();
  const all: string[] = [];
  return {
    all,
    idOf: (name) => {
      let id = ids.get(name);
      if (id === undefined) {
        id = all.push(name) - 1;
        ids.set(name, id);
      }
      return id;
    },
  };
}
