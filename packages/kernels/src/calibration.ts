import { kernelsError } from './kernels-errors.ts';

/** The cost model's fitted constants: each has a physical meaning, and is relative to the device table where it can be. */
export interface CostConstants {
  /** Share of the tensor cores' peak that a long loop reaches, warp-group instructions. */
  readonly mmaShare: number;
  /** The same of mma.sync's peak on devices that have warp-group instructions too. */
  readonly mmaSyncShare: number;
  /** Share of 128 bytes a clock an SM that shared memory delivers. */
  readonly sharedShare: number;
  /** Share of 64 bytes a clock an SM that L2 delivers. */
  readonly l2Share: number;
  /** Share of the table's device-memory rate. */
  readonly hbmShare: number;
  /** From the issue of a copy that hits L2 to its use. */
  readonly l2LatencyNanos: number;
  /** What a miss adds to it under load. */
  readonly missLatencyNanos: number;
  /** Barrier and loop of a step, clocks. */
  readonly stepClocks: number;
  /** A tensor-core instruction that waits for the one before, clocks. */
  readonly chainClocks: number;
  /** Start and end of a tile, clocks. */
  readonly tileClocks: number;
  /** An element copied by itself, clocks of its thread. */
  readonly scalarCopyClocks: number;
  /** Elements a thread copies by themselves at which register pressure has doubled their cost. */
  readonly scalarPressure: number;
  /** A rescale instruction of block-scaled formats, clocks of a scheduler. */
  readonly rescaleClocks: number;
  /** Routing, activation, quantisation, reduction and their launches in a fused MoE layer. */
  readonly layerMicros: number;
  /** Share of the device-memory rate in those elementwise kernels. */
  readonly elementwiseShare: number;
}

/** The bounds within which a constant keeps its meaning, and where a search starts. */
export interface ConstantRange {
  readonly name: keyof CostConstants;
  readonly low: number;
  readonly high: number;
  readonly start: number;
}

/** Every fitted constant, in the order of a search's coordinates. */
export const CONSTANT_RANGES: readonly ConstantRange[] = [
  { name: 'mmaShare', low: 0.4, high: 0.9, start: 0.75 },
  { name: 'mmaSyncShare', low: 0.35, high: 0.9, start: 0.5 },
  { name: 'sharedShare', low: 0.3, high: 1, start: 0.8 },
  { name: 'l2Share', low: 0.3, high: 1, start: 0.6 },
  { name: 'hbmShare', low: 0.6, high: 0.92, start: 0.85 },
  { name: 'l2LatencyNanos', low: 80, high: 600, start: 250 },
  { name: 'missLatencyNanos', low: 100, high: 2000, start: 800 },
  { name: 'stepClocks', low: 4, high: 400, start: 40 },
  { name: 'chainClocks', low: 4, high: 100, start: 20 },
  { name: 'tileClocks', low: 100, high: 6000, start: 1000 },
  { name: 'scalarCopyClocks', low: 10, high: 300, start: 60 },
  { name: 'scalarPressure', low: 24, high: 400, start: 80 },
  { name: 'rescaleClocks', low: 0.5, high: 4, start: 1.5 },
  { name: 'layerMicros', low: 4, high: 60, start: 20 },
  { name: 'elementwiseShare', low: 0.3, high: 1, start: 0.8 },
];

/** How well a calibration fits what it was fitted on. */
export interface FitError {
  readonly rows: number;
  readonly regret: number;
  readonly harmShare: number;
  /** Root mean square of the log of predicted over measured time. */
  readonly timeError: number;
  /** The same of the ratio of two configurations' times. */
  readonly ratioError: number;
}

/** A versioned calibration file. */
export interface Calibration {
  readonly schema: 'calibration/1';
  readonly date: string;
  readonly source: string;
  readonly devices: readonly string[];
  readonly fit: FitError;
  readonly constants: CostConstants;
}

/** The text of a calibration file. */
export function encodeCalibration(calibration: Calibration): string {
  return `${JSON.stringify(calibration, null, 2)}\n`;
}

/**
 * Decodes a calibration file strictly.
 *
 * @throws WavetuneError `kernels.bad-calibration`
 */
export function decodeCalibration(text: string): Calibration {
  const value = jsonOf(text);
  if (!isRecord(value)) throw kernelsError('kernels.bad-calibration', { problem: 'not an object' });
  if (value.schema !== 'calibration/1') {
    throw kernelsError('kernels.bad-calibration', {
      problem: `schema ${JSON.stringify(value.schema)}; known is calibration/1`,
    });
  }
  const { date, source, devices, fit, constants } = value;
  if (typeof date !== 'string' || typeof source !== 'string') {
    throw kernelsError('kernels.bad-calibration', { problem: 'date and source must be text' });
  }
  if (!Array.isArray(devices) || devices.some((device) => typeof device !== 'string')) {
    throw kernelsError('kernels.bad-calibration', { problem: 'devices must be a list of names' });
  }
  return {
    schema: 'calibration/1',
    date,
    source,
    devices,
    fit: numbersOf(fit, 'fit', FIT_FIELDS),
    constants: checkedConstants(constants),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw kernelsError('kernels.bad-calibration', { problem: 'no JSON' }, { cause });
  }
}

const FIT_FIELDS = ['rows', 'regret', 'harmShare', 'timeError', 'ratioError'] as const;

function checkedConstants(value: unknown): CostConstants {
  const names = CONSTANT_RANGES.map((range) => range.name);
  const constants = numbersOf(value, 'constants', names);
  for (const { name, low, high } of CONSTANT_RANGES) {
    if (constants[name] >= low && constants[name] <= high) continue;
    throw kernelsError('kernels.bad-calibration', {
      problem: `constants.${name} is ${constants[name]}; it means something from ${low} to ${high}`,
    });
  }
  return constants;
}

function numbersOf<Name extends string>(
  value: unknown,
  where: string,
  names: readonly Name[],
): { readonly [N in Name]: number } {
  const record = isRecord(value) ? value : {};
  const known: ReadonlySet<string> = new Set(names);
  const wrong =
    names.find((name) => !Number.isFinite(record[name])) ??
    Object.keys(record).find((name) => !known.has(name));
  if (wrong !== undefined) {
    throw kernelsError('kernels.bad-calibration', {
      problem: `${where}.${wrong} is ${JSON.stringify(record[wrong])}; accepted are numbers named ${names.join(', ')}`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, record[name]])) as {
    readonly [N in Name]: number;
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
