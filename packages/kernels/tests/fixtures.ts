import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  type Calibration,
  type CostConstants,
  type Device,
  decodeCalibration,
  type KernelDtype,
  type TiledProblem,
} from '../src/index.ts';

const ASSETS = resolve(import.meta.dirname, '../../../assets');
const SHARED = resolve(
  process.env.WAVETUNE_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data'),
  'kernels',
);

export const DEVICES = [
  'a100',
  'h100',
  'h200',
  'h20',
  'b200',
  'l40s',
  'l40',
  'l20',
  'a800',
  'mi300x',
];

interface DeviceRow extends Device {
  readonly engineName: string;
  readonly aliases: readonly string[];
}

export function deviceOf(name: string): DeviceRow {
  return JSON.parse(readFileSync(resolve(ASSETS, `devices/${name}.json`), 'utf8')) as DeviceRow;
}

/** The device that engines call `engineName`, if the table has it. */
export function deviceByEngineName(engineName: string): DeviceRow | undefined {
  return DEVICES.map(deviceOf).find(
    (device) => device.engineName === engineName || device.aliases.includes(engineName),
  );
}

export function shippedCalibration(): Calibration {
  return decodeCalibration(
    readFileSync(resolve(ASSETS, 'calibration/triton-moe-h200.json'), 'utf8'),
  );
}

export function shippedConstants(): CostConstants {
  return shippedCalibration().constants;
}

/** The text of a public file, or `undefined` with the reason printed. */
export function sharedText(name: string): string | undefined {
  const path = resolve(SHARED, name);
  if (!existsSync(path)) {
    console.log(`skipped: ${path} is not there`);
    return undefined;
  }
  return gunzipSync(readFileSync(path)).toString();
}

const dtypes: readonly KernelDtype[] = ['bf16', 'fp8_w8a8', 'fp8_w8a8_block', 'int8_w8a16'];

/** Dense and MoE problems of serving size. */
export const anyProblem: fc.Arbitrary<TiledProblem> = fc.oneof(
  fc.record({
    kind: fc.constant('dense' as const),
    dtype: fc.constantFrom(...dtypes),
    m: fc.integer({ min: 1, max: 8192 }),
    n: fc.integer({ min: 16, max: 16384 }),
    k: fc.integer({ min: 16, max: 16384 }),
    l2: fc.constantFrom('cold' as const, 'warm' as const),
  }),
  fc.record({
    kind: fc.constant('moe' as const),
    dtype: fc.constantFrom(...dtypes),
    m: fc.integer({ min: 1, max: 8192 }),
    hidden: fc.integer({ min: 1, max: 512 }).map((x) => 16 * x),
    width: fc.integer({ min: 16, max: 4096 }),
    experts: fc.constantFrom(8, 64, 256),
    ep: fc.constantFrom(1, 2, 8),
    topK: fc.integer({ min: 1, max: 8 }),
    routing: fc.constantFrom(
      { kind: 'balanced' as const },
      { kind: 'power-law' as const, exponent: 1.2 },
    ),
    l2: fc.constantFrom('cold' as const, 'warm' as const),
  }),
);
