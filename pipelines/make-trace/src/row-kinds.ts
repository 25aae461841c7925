import { F64, I64, listOf, type StructType, structOf, TEXT, U64 } from '@wavetune/ir';
import {
  type GeneratedRequest,
  keyLogLines,
  type MooncakeOptions,
  mooncakeLines,
  prefixEventLines,
} from '@wavetune/trace';

/** How rows are written, as far as it is not said by the file's ending. */
export interface RowOptions extends MooncakeOptions {
  readonly blockSize: number;
  readonly bytesPerToken: number;
}

/** One meaning of a row. */
export interface RowKind {
  readonly name: string;
  /** What the file's name can end in; packed forms of text beside them. */
  readonly endings: readonly string[];
  /** The columns of a Parquet file. */
  readonly columns: StructType;
  readonly lines: (
    requests: Iterable<GeneratedRequest>,
    options: RowOptions,
    ending: string,
  ) => Iterable<Uint8Array>;
}

/** The model and the layers that prefix events name; chosen. */
const EVENT_MODEL = 'synthetic';
const EVENT_LAYERS = 2;

const requests: RowKind = {
  name: 'requests',
  endings: ['.jsonl', '.parquet'],
  columns: structOf({
    timestamp: I64,
    input_length: I64,
    output_length: I64,
    hash_ids: listOf(U64),
    tenant: TEXT,
    session_id: TEXT,
  }),
  lines: (rows, options, ending) =>
    mooncakeLines(rows, ending === '.parquet' ? { ...options, labels: true } : options),
};

const keys: RowKind = {
  name: 'keys',
  endings: ['.jsonl', '.csv', '.parquet'],
  columns: structOf({ key: TEXT, size: I64, timestamp: I64, tenant: TEXT }),
  lines: (rows, { bytesPerToken }, ending) =>
    keyLogLines(rows, { layout: ending === '.csv' ? 'csv' : 'jsonl', bytesPerToken }),
};

const events: RowKind = {
  name: 'events',
  endings: ['.jsonl', '.parquet'],
  columns: structOf({
    prefix_id: TEXT,
    tenant: TEXT,
    model_id: TEXT,
    layer: I64,
    page_start: I64,
    page_end: I64,
    bytes: I64,
    latency_ms: F64,
    timestamp_ms: I64,
  }),
  lines: (rows, { blockSize, bytesPerToken }) =>
    prefixEventLines(rows, {
      modelId: EVENT_MODEL,
      layers: EVENT_LAYERS,
      pageBytes: Math.ceil((blockSize * bytesPerToken) / EVENT_LAYERS),
    }),
};

/** Every meaning that a row can have. */
export const ROW_KINDS: readonly RowKind[] = [requests, keys, events];

/** The ending of `path` that decides the layout, `.gz` and `.zst` left out; undefined where the kind has no such layout. */
export function endingOf(path: string, kind: RowKind): string | undefined {
  const unpacked = path.replace(/\.(gz|zst)$/, '');
  const ending = kind.endings.find((candidate) => unpacked.endsWith(candidate));
  return ending === '.parquet' && unpacked !== path ? undefined : ending;
}
