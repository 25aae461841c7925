import { grownFloat64, grownUint32 } from '@wavetune/interning';

/** Requests in the order of reading, in growing columns. Rows are added by writing at `count` after `makeRoom`. */
export interface RequestTable {
  count: number;
  references: number;
  /** Where request r's references end; they begin where those of r − 1 end. */
  ends: Float64Array;
  blocks: Uint32Array;
  timeMillis: Float64Array;
  inputTokens: Uint32Array;
  coveredTokens: Uint32Array;
  outputTokens: Uint32Array;
  tenants: Uint32Array;
  sessions: Uint32Array;
  /** Undefined until a log carries it, and then 0 for requests without. */
  bytes: Float64Array | undefined;
  models: Uint32Array | undefined;
  pages: GrowingPages | undefined;
}

/** As `bytes`: the page range of a request, inclusive. */
interface GrowingPages {
  layers: Uint32Array;
  starts: Float64Array;
  ends: Float64Array;
}

const FIRST_ROOM = 1024;

/** @param expectedReferences - A guess that spares growing. */
export function createRequestTable(expectedReferences = 0): RequestTable {
  return {
    count: 0,
    references: 0,
    ends: new Float64Array(FIRST_ROOM),
    blocks: new Uint32Array(Math.max(FIRST_ROOM, expectedReferences)),
    timeMillis: new Float64Array(FIRST_ROOM),
    inputTokens: new Uint32Array(FIRST_ROOM),
    coveredTokens: new Uint32Array(FIRST_ROOM),
    outputTokens: new Uint32Array(FIRST_ROOM),
    tenants: new Uint32Array(FIRST_ROOM),
    sessions: new Uint32Array(FIRST_ROOM),
    bytes: undefined,
    models: undefined,
    pages: undefined,
  };
}

/** Room for `requests` and `references` more; the arrays may be replaced. */
export function makeRoom(table: RequestTable, requests: number, references: number): void {
  const rows = table.count + requests;
  table.blocks = grownUint32(table.blocks, table.references + references);
  if (rows <= table.ends.length) return;
  table.ends = grownFloat64(table.ends, rows);
  table.timeMillis = grownFloat64(table.timeMillis, rows);
  table.inputTokens = grownUint32(table.inputTokens, rows);
  table.coveredTokens = grownUint32(table.coveredTokens, rows);
  table.outputTokens = grownUint32(table.outputTokens, rows);
  table.tenants = grownUint32(table.tenants, rows);
  table.sessions = grownUint32(table.sessions, rows);
}

/** Adds the optional columns, with the room that the others have. */
export function makeExtraRoom(
  table: RequestTable,
  has: { readonly bytes: boolean; readonly models: boolean; readonly pages: boolean },
): void {
  const room = table.ends.length;
  if (has.models) table.models = grownUint32(table.models ?? new Uint32Array(room), room);
  if (has.bytes) table.bytes = grownFloat64(table.bytes ?? new Float64Array(room), room);
  if (!has.pages) return;
  const pages = table.pages;
  table.pages = {
    layers: grownUint32(pages?.layers ?? new Uint32Array(room), room),
    starts: grownFloat64(pages?.starts ?? new Float64Array(room), room),
    ends: grownFloat64(pages?.ends ?? new Float64Array(room), room),
  };
}
