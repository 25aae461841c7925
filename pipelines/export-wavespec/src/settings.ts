import { availableParallelism } from 'node:os';
import { bytesPerToken, loadModel } from '@wavetune/catalog';
import { cliError } from '@wavetune/cli';
import { sizeOption } from '@wavetune/log-input';
import { type RawOptions, topKOf } from './options.ts';

/** The options as the stages want them: sizes in bytes, times in milliseconds, the model looked up. */
export interface Settings {
  readonly model: { readonly name: string; readonly bytesPerToken: number } | undefined;
  readonly pageBytes: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Infinity lists all. */
  readonly topK: number;
  readonly halfLifeMillis: number;
  readonly waves: number;
  readonly windowMillis: number;
  readonly minIoBytes: number;
  readonly threads: number;
}

/**
 * Reads sizes and looks the model up, before anything long begins.
 *
 * @throws WavetuneError `usage.bad-size`, `usage.bad-arguments`; what `loadModel` throws.
 */
export async function settle(raw: RawOptions): Promise<Settings> {
  const model = raw.model === undefined ? undefined : await loadModel(raw.model);
  const sizeOf = (option: 'page-bytes' | 'memory'): number | undefined => {
    const text = raw[option];
    if (text === undefined) return undefined;
    const bytes = sizeOption(option, text);
    if (bytes > 0 || option === 'memory') return bytes;
    const reason = `--${option} ${text}: accepted is a size of 1 byte or more`;
    throw cliError('usage.bad-arguments', { command: 'export-wavespec', reason });
  };
  return {
    model: model && { name: model.name, bytesPerToken: bytesPerToken(model) },
    pageBytes: sizeOf('page-bytes'),
    memoryBytes: sizeOf('memory'),
    topK: topKOf(raw['top-k']) ?? Number.POSITIVE_INFINITY,
    halfLifeMillis: raw['half-life'] * 1000,
    waves: raw.waves,
    windowMillis: raw['window-ms'],
    minIoBytes: sizeOption('min-io', raw['min-io']),
    threads: raw.threads ?? availableParallelism(),
  };
}
