import { isInStore } from '@wavetune/log-input';
import { isPlanFile } from '@wavetune/plan-input';
import type { RawOptions } from '../options.ts';
import { replayTunerError } from '../replay-tuner-errors.ts';
import { planOptionsIn } from './plan-options.ts';

/** Options that say nothing of a plan. */
const OF_REQUESTS = [
  'memory',
  'capacity',
  'engine',
  'read-with',
  'model',
  'measured',
  'neighbours',
  'incumbent',
] as const;

/**
 * The plan among the traces, told by content; undefined where they are traces of requests.
 *
 * @throws WavetuneError `usage.*` for options of the other kind of trace
 */
export async function planIn(
  raw: RawOptions,
  files: readonly string[],
): Promise<string | undefined> {
  const [path] = files;
  const isPlan = await Promise.all(
    files.map(async (file) => !isInStore(file) && (await isPlanFile(file))),
  );
  if (!isPlan.includes(true)) {
    const options = planOptionsIn(raw);
    if (options.length > 0) throw replayTunerError('usage.plan-option', { options, path });
    return undefined;
  }
  if (files.length > 1) throw replayTunerError('usage.several-plans', { found: files.length });
  const options = OF_REQUESTS.filter((name) => raw[name] !== undefined);
  if (options.length > 0) throw replayTunerError('usage.request-option', { options, path });
  return path;
}
