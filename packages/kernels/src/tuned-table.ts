import type { KernelDtype } from './dtype.ts';
import { kernelsError } from './kernels-errors.ts';
import type { TilePolicy } from './policy.ts';

/** One published winner: a shape, a number of rows, and the policy that somebody's sweep found fastest. */
export interface TunedRow {
  readonly kind: 'dense' | 'moe' | 'moe-down';
  /** As the engine names the device. */
  readonly device: string;
  readonly dtype: KernelDtype;
  /** 0 where the file is of a dense multiplication. */
  readonly experts: number;
  readonly n: number;
  /** 0 where the file's name does not say, as with fused MoE. */
  readonly k: number;
  readonly m: number;
  /** `stages` is 0 where the file leaves it to the compiler. */
  readonly policy: TilePolicy;
  /** Files of one digest are copies of one another. */
  readonly fileHash: string;
}

const KINDS: { readonly [name: string]: TunedRow['kind'] } = {
  gemm: 'dense',
  moe: 'moe',
  moe_down: 'moe-down',
};

const DTYPES_OF_FILES: { readonly [name: string]: readonly [KernelDtype, KernelDtype] } = {
  'bf16/fp16': ['bf16', 'bf16'],
  bf16: ['bf16', 'bf16'],
  fp8_w8a8: ['fp8_w8a8', 'fp8_w8a8_block'],
  float8: ['fp8_w8a8', 'fp8_w8a8_block'],
  int8_w8a8: ['int8_w8a8', 'int8_w8a8_block'],
  int8_w8a16: ['int8_w8a16', 'int8_w8a16'],
  int4_w4a16: ['int4_w4a16', 'int4_w4a16'],
};

/**
 * Reads published winners (CSV with the columns kind, device, dtype, block_shape, E, N, K, M, BM, BN, BK, group_m, warps,
 * stages, file_hash; text may be quoted). Rows without warps are left out: they do not name a kernel.
 *
 * @throws WavetuneError `kernels.bad-tuned-table` with the line of the first fault.
 */
export function parseTunedTable(text: string): readonly TunedRow[] {
  const lines = text.split(/\r?\n/);
  const column = new Map(lines[0].split(',').map((name, index) => [name, index]));
  const rows: TunedRow[] = [];
  for (let line = 1; line < lines.length; line++) {
    if (lines[line] === '') continue;
    const row = rowOf(fieldReader(column, lines[line], line + 1));
    if (row.policy.warps > 0) rows.push(row);
  }
  return rows;
}

interface FieldReader {
  text(name: string): string;
  /** 0 where the field is empty. */
  count(name: string): number;
  fault(problem: string): Error;
}

function fieldReader(
  column: ReadonlyMap<string, number>,
  line: string,
  number: number,
): FieldReader {
  const fields = splitCsv(line);
  const fault = (problem: string) =>
    kernelsError('kernels.bad-tuned-table', { line: number, problem });
  const text = (name: string) => {
    const index = column.get(name);
    const value = index === undefined ? undefined : fields[index];
    if (value === undefined) throw fault(`no column ${name}`);
    return value;
  };
  const count = (name: string) => {
    const value = Number(text(name));
    if (!Number.isSafeInteger(value) || value < 0)
      throw fault(`${name} is "${text(name)}"; accepted are counts`);
    return value;
  };
  return { text, count, fault };
}

function rowOf({ text, count, fault }: FieldReader): TunedRow {
  const kind = KINDS[text('kind')];
  const dtypes = DTYPES_OF_FILES[text('dtype')];
  if (kind === undefined) throw fault(`unknown kind "${text('kind')}"`);
  if (dtypes === undefined) throw fault(`unknown dtype "${text('dtype')}"`);
  return {
    kind,
    device: text('device'),
    dtype: dtypes[text('block_shape') === '' ? 0 : 1],
    experts: count('E'),
    n: count('N'),
    k: count('K'),
    m: count('M'),
    policy: {
      blockM: count('BM'),
      blockN: count('BN'),
      blockK: count('BK'),
      groupM: count('group_m'),
      stages: count('stages'),
      warps: count('warps'),
      splitK: Math.max(1, count('split_k')),
    },
    fileHash: text('file_hash'),
  };
}

/** Fields between commas; a quoted field may hold commas. */
function splitCsv(line: string): readonly string[] {
  const fields = line.match(/("[^"]*"|[^,]*)(,|$)/g) ?? [];
  return fields.map((field) => field.replace(/,$/, '').replace(/^"(.*)"$/, '$1'));
}
