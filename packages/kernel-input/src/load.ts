import { assetPath, loadDevice } from '@wavetune/catalog';
import {
  type Calibration,
  type Device,
  decodeCalibration,
  type MeasuredPair,
  type Measurement,
  pairsOfMeasurements,
  parseAutotuneLog,
  parsePairs,
  parseSweep,
} from '@wavetune/kernels';
import { readText } from './read-text.ts';

/** The calibration that is used where a command names none. */
const SHIPPED_CALIBRATION = 'triton-moe-h200.json';

/**
 * A calibration file, or the shipped one.
 *
 * @throws WavetuneError `kernel-input.unreadable-file`, `kernels.bad-calibration`
 */
export async function loadCalibration(path?: string): Promise<Calibration> {
  return decodeCalibration(await readText(path ?? assetPath('calibration', SHIPPED_CALIBRATION)));
}

/** Measured pairs and the devices that they name. */
export interface PairsOnDevices {
  readonly pairs: readonly MeasuredPair[];
  /** By the name that the pairs use. */
  readonly devices: { readonly [name: string]: Device };
}

/**
 * A CSV of measured pairs.
 *
 * @throws WavetuneError `kernels.bad-pairs`, `catalog.unknown-name` for a device that the table lacks.
 */
export async function loadPairs(path: string): Promise<PairsOnDevices> {
  return onDevices(parsePairs(await readText(path)));
}

/** A sweep of one device as pairs: every configuration against the engine's default. */
export async function loadSweepPairs(path: string, device: string): Promise<PairsOnDevices> {
  return onDevices(pairsOfMeasurements(await loadMeasurements(path, device)));
}

/** Timed kernels of one device: our JSONL, or a log of Inductor's autotuner. */
export async function loadMeasurements(
  path: string,
  device: string,
): Promise<readonly Measurement[]> {
  const text = await readText(path);
  const parse = /^\s*\{/.test(text) ? parseSweep : parseAutotuneLog;
  return parse(text, device);
}

async function onDevices(pairs: readonly MeasuredPair[]): Promise<PairsOnDevices> {
  const names = [...new Set(pairs.map((pair) => pair.device))];
  const devices = await Promise.all(
    names.map(async (name) => [name, await loadDevice(name)] as const),
  );
  return { pairs, devices: Object.fromEntries(devices) };
}
