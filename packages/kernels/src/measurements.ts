import { kernelsError } from './kernels-errors.ts';
import { fromPolicyFields, type PolicyFields, type TilePolicy } from './policy.ts';
import { checkProblem, parseDtype, type TiledProblem } from './problem.ts';
import { parseRouting } from './routing.ts';

/** One timed kernel. */
export interface Measurement {
  readonly device: string;
  readonly problem: TiledProblem;
  readonly policy: TilePolicy;
  readonly seconds: number;
}

/**
 * Reads a sweep, one JSON object a line: `{device, kind, dtype, m, n, k, experts?, top_k?, routing?, policy, micros}`; of
 * a `moe`, `n` is the rank's share of the expert width and `k` the model width.
 *
 * @throws WavetuneError `kernels.bad-measurement` at the first line that is not such an object, that has no positive
 * finite time, or that is of a device other than `device`.
 */
export function parseSweep(text: string, device: string): readonly Measurement[] {
  return text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => measurementOf(line, number, device));
}

/**
 * Reads the tables that Inductor's autotuner prints: `AUTOTUNE mm(512x4096, 4096x14336)` and, under it, a line for each
 * candidate. Candidates that name no Triton tile (a library's kernel) are left out.
 *
 * @throws WavetuneError `kernels.bad-measurement` for a candidate above any problem, or whose time is no number.
 */
export function parseAutotuneLog(text: string, device: string): readonly Measurement[] {
  const measurements: Measurement[] = [];
  let problem: TiledProblem | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const header = /AUTOTUNE (?:mm|addmm)\((?:.*, )?(\d+)x(\d+), (\d+)x(\d+)\)/.exec(line);
    if (header !== null) {
      const [m, k, , n] = header.slice(1).map(Number);
      problem = checkProblem({ kind: 'dense', dtype: 'bf16', m, n, k, l2: 'warm' });
    }
    const candidate = /^\s*triton_\S+ (\S+) ms\b(.*)$/.exec(line);
    if (candidate === null) continue;
    if (problem === undefined) throw badLine(index + 1, 'a candidate without a problem above it');
    const seconds = timeOf(Number(candidate[1]) / 1e3, index + 1);
    measurements.push({
      device,
      problem,
      policy: autotunePolicy(candidate[2], index + 1),
      seconds,
    });
  }
  return measurements;
}

function autotunePolicy(settings: string, line: number): TilePolicy {
  const read = (name: string, otherwise?: number): number => {
    const found = new RegExp(`\\b${name}=(\\d+)`).exec(settings);
    if (found !== null) return Number(found[1]);
    if (otherwise !== undefined) return otherwise;
    throw badLine(line, `no ${name}`);
  };
  return {
    blockM: read('BLOCK_M'),
    blockN: read('BLOCK_N'),
    blockK: read('BLOCK_K'),
    groupM: read('GROUP_M', 8),
    stages: read('num_stages'),
    warps: read('num_warps'),
    splitK: read('SPLIT_K', 1),
  };
}

function measurementOf(line: string, number: number, device: string): Measurement {
  const record = objectOf(line, number);
  if (record.device !== device) {
    throw badLine(number, `measured on ${JSON.stringify(record.device)}, wanted is ${device}`);
  }
  return {
    device,
    problem: problemOf(record, number),
    policy: policyOf(record.policy, number),
    seconds: timeOf(Number(record.micros) / 1e6, number),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(line: string, number: number): Fields {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Fields;
  } catch (cause) {
    throw kernelsError('kernels.bad-measurement', { line: number, problem: 'no JSON' }, { cause });
  }
  throw badLine(number, 'not an object');
}

function problemOf(record: Fields, line: number): TiledProblem {
  const count = (name: string) => countOf(record[name], name, line);
  const dtype = parseDtype(String(record.dtype));
  if (record.kind === 'dense') {
    return checkProblem({
      kind: 'dense',
      dtype,
      m: count('m'),
      n: count('n'),
      k: count('k'),
      l2: 'warm',
    });
  }
  if (record.kind !== 'moe')
    throw badLine(line, `kind is ${JSON.stringify(record.kind)}; accepted are dense and moe`);
  return checkProblem({
    kind: 'moe',
    dtype,
    m: count('m'),
    hidden: count('k'),
    width: count('n'),
    experts: count('experts'),
    ep: 1,
    topK: count('top_k'),
    routing: parseRouting(String(record.routing ?? 'balanced')),
    l2: 'warm',
  });
}

const POLICY_NAMES = [
  'BM',
  'BN',
  'BK',
  'swizzle_size',
  'stage_depth',
  'num_warps',
  'split_k',
] as const;

function policyOf(value: unknown, line: number): TilePolicy {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Fields;
  const fields = POLICY_NAMES.map((name) => [name, countOf(record[name], `policy.${name}`, line)]);
  return fromPolicyFields(Object.fromEntries(fields) as unknown as PolicyFields);
}

function countOf(value: unknown, name: string, line: number): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw badLine(line, `${name} is ${JSON.stringify(value)}; accepted is a positive integer`);
}

function timeOf(seconds: number, line: number): number {
  if (Number.isFinite(seconds) && seconds > 0) return seconds;
  throw badLine(line, 'the time is no positive number');
}

function badLine(line: number, problem: string): Error {
  return kernelsError('kernels.bad-measurement', { line, problem });
}
