import type { KernelDtype } from './dtype.ts';
import { kernelsError } from './kernels-errors.ts';
import type { TilePolicy } from './policy.ts';
import { checkProblem, type MoeProblem, type TiledProblem } from './problem.ts';
import { parseRouting } from './routing.ts';

/** One problem measured under two configurations: `before` of an older engine release, `after` of a newer one. */
export interface MeasuredPair {
  readonly device: string;
  /** Hidden and expert width before any split: what tells models apart. */
  readonly model: string;
  readonly problem: TiledProblem;
  readonly before: TilePolicy;
  readonly after: TilePolicy;
  readonly beforeMillis: number;
  readonly afterMillis: number;
}

const DTYPE_NAMES: { readonly [name: string]: KernelDtype } = {
  bfloat16: 'bf16',
  float16: 'bf16',
  fp8: 'fp8_w8a8',
  fp8_block: 'fp8_w8a8_block',
};

/**
 * Reads the measured pairs (CSV with the columns dev, dtype, M, hidden, inter, topk, experts, tp, ep, dist, E, N and, for
 * both configurations, BM, BN, BK, G, W, S, ms). Columns may be in any order; further ones are left alone.
 *
 * @throws WavetuneError `kernels.bad-pairs` with the line of the first fault: a missing column, a field that is no
 * positive number, an unknown dtype.
 */
export function parsePairs(text: string): readonly MeasuredPair[] {
  const lines = text.split(/\r?\n/);
  const header = lines[0].split(',');
  const column = new Map(header.map((name, index) => [name, index]));
  const pairs: MeasuredPair[] = [];
  for (let line = 1; line < lines.length; line++) {
    if (lines[line] === '') continue;
    pairs.push(pairOf({ column, fields: lines[line].split(','), line: line + 1 }));
  }
  return pairs;
}

interface Row {
  readonly column: ReadonlyMap<string, number>;
  readonly fields: readonly string[];
  readonly line: number;
}

function pairOf(row: Row): MeasuredPair {
  const dtype = DTYPE_NAMES[textOf(row, 'dtype')];
  if (dtype === undefined) {
    throw badRow(
      row,
      `unknown dtype "${textOf(row, 'dtype')}"; known are ${Object.keys(DTYPE_NAMES).join(', ')}`,
    );
  }
  const problem: MoeProblem = {
    kind: 'moe',
    dtype,
    m: numberOf(row, 'M'),
    hidden: numberOf(row, 'hidden'),
    width: numberOf(row, 'N'),
    experts: numberOf(row, 'experts'),
    ep: numberOf(row, 'ep'),
    topK: numberOf(row, 'topk'),
    routing: parseRouting(textOf(row, 'dist')),
    l2: 'warm',
  };
  return {
    device: textOf(row, 'dev'),
    model: `${textOf(row, 'hidden')}x${textOf(row, 'inter')}x${textOf(row, 'experts')}`,
    problem: checkProblem(problem),
    before: policyOf(row, 'a'),
    after: policyOf(row, 'b'),
    beforeMillis: numberOf(row, 'ms_a'),
    afterMillis: numberOf(row, 'ms_b'),
  };
}

function policyOf(row: Row, suffix: 'a' | 'b'): TilePolicy {
  return {
    blockM: numberOf(row, `BM${suffix}`),
    blockN: numberOf(row, `BN${suffix}`),
    blockK: numberOf(row, `BK${suffix}`),
    groupM: numberOf(row, `G${suffix}`),
    stages: numberOf(row, `S${suffix}`),
    warps: numberOf(row, `W${suffix}`),
    splitK: 1,
  };
}

function numberOf(row: Row, name: string): number {
  const text = textOf(row, name);
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value <= 0) {
    throw badRow(row, `${name} is "${text}"; accepted is a positive number`);
  }
  return value;
}

function textOf(row: Row, name: string): string {
  const index = row.column.get(name);
  const text = index === undefined ? undefined : row.fields[index];
  if (text === undefined) throw badRow(row, `no column ${name}`);
  return text;
}

function badRow(row: Row, problem: string): Error {
  return kernelsError('kernels.bad-pairs', { line: row.line, problem });
}
