import type { Device } from '@wavetune/catalog';
import type { EngineEntry, TiledProblem, TilePolicy } from '@wavetune/kernels';
import { replayTunerError } from '../replay-tuner-errors.ts';
import { tunedFileNames } from './tuned-file-names.ts';

/** A tuned file of vLLM or SGLang: somebody's winners, without their times. */
export interface TunedFile {
  readonly name: string;
  /** What the engine would run for `problem`: the entry of the nearest M; nothing where the file is for others. */
  lookUp(problem: TiledProblem): TilePolicy | undefined;
}

/** True for a JSON object whose keys are M, beside the compiler's version. */
export function isTunedFile(text: string): boolean {
  const value = objectOf(text);
  if (value === undefined) return false;
  const keys = Object.keys(value).filter((key) => key !== 'triton_version');
  return keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
}

/**
 * Reads a tuned file; what it is for is in its name.
 *
 * @throws WavetuneError `replay-tuner.other-device`, `replay-tuner.bad-tuned-file`
 */
export function readTunedFile(name: string, text: string, device: Device): TunedFile {
  const theirs = /(?:^|,)device_name=([^,]+?)(?:,|\.json$)/.exec(name)?.[1];
  if (theirs !== undefined && theirs !== device.engineName) {
    throw replayTunerError('replay-tuner.other-device', { name, theirs, ours: device.engineName });
  }
  const entries = Object.entries(objectOf(text) ?? {}).filter(([key]) => key !== 'triton_version');
  const policies = entries.map(([m, entry]) => ({
    m: Number(m),
    policy: policyOf(name, m, entry),
  }));
  return {
    name,
    lookUp(problem) {
      if (!tunedFileNames(problem, device).includes(name)) return undefined;
      return policies.reduce((best, each) =>
        Math.abs(each.m - problem.m) < Math.abs(best.m - problem.m) ? each : best,
      ).policy;
    },
  };
}

function policyOf(name: string, m: string, value: unknown): TilePolicy {
  const entry = (typeof value === 'object' && value !== null ? value : {}) as Partial<EngineEntry>;
  const read = (field: keyof EngineEntry): number => {
    const found = entry[field];
    if (Number(m) > 0 && typeof found === 'number' && Number.isSafeInteger(found) && found > 0) {
      return found;
    }
    const problem = `${field} of M ${m} is ${JSON.stringify(found)}`;
    throw replayTunerError('replay-tuner.bad-tuned-file', { name, problem });
  };
  return {
    blockM: read('BLOCK_SIZE_M'),
    blockN: read('BLOCK_SIZE_N'),
    blockK: read('BLOCK_SIZE_K'),
    groupM: read('GROUP_SIZE_M'),
    stages: read('num_stages'),
    warps: read('num_warps'),
    splitK: 1,
  };
}

/** Undefined where the text is no JSON object: then it is of another kind, and its own reader says what is wrong. */
function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
