import { bytesPerToken, loadDevice, loadModel, prefillFlopsPerToken } from '@wavetune/catalog';
import type { OptionsOf, OptionTable } from '@wavetune/cli';

/** What says how much a cached token takes and what it saves. */
export const MODEL_OPTIONS = {
  model: {
    type: 'string',
    describe:
      'A model of the catalogue or a Hugging Face config.json: bytes and prefill time a token',
  },
  device: {
    type: 'string',
    default: 'H100',
    describe: 'With --model: the accelerator whose prefill time is modelled',
  },
} as const satisfies OptionTable;

/** A model, as far as its cache is concerned, on a device. */
export interface KvModel {
  readonly name: string;
  readonly device: string;
  readonly bytesPerToken: number;
  readonly prefill: PrefillCost;
}

/** Modelled seconds to prefill the first h tokens of a prompt: `secondsPerToken × h + secondsPerTokenPair × h²`. */
export interface PrefillCost {
  readonly secondsPerToken: number;
  readonly secondsPerTokenPair: number;
}

/** What prefixes cost to prefill, from the sums over requests of their tokens and of the squares of these. */
export function prefillSeconds(
  { secondsPerToken, secondsPerTokenPair }: PrefillCost,
  tokens: number,
  tokensSquared: number,
): number {
  return secondsPerToken * tokens + secondsPerTokenPair * tokensSquared;
}

/** Chosen: the share of a device's dense bf16 rate that a long prefill reaches. */
export const PREFILL_UTILISATION = 0.5;

/**
 * Looks model and device up; undefined where no model is named.
 *
 * The prefill time is the model's operations over half the device's dense bf16 rate. Sliding windows are modelled by the
 * straight line through their cost at 1 and at 8,192 tokens of context.
 *
 * @throws WavetuneError as `loadModel` and `loadDevice`.
 */
export async function loadKvModel(
  raw: OptionsOf<typeof MODEL_OPTIONS>,
): Promise<KvModel | undefined> {
  if (raw.model === undefined) return undefined;
  const [model, device] = await Promise.all([loadModel(raw.model), loadDevice(raw.device)]);
  const flopsPerSecond = PREFILL_UTILISATION * device.denseFlopsByDtype.bf16;
  const first = prefillFlopsPerToken(model, 1);
  const perContextToken = (prefillFlopsPerToken(model, FAR) - first) / (FAR - 1);
  const pair = perContextToken / 2 / flopsPerSecond;
  return {
    name: model.name,
    device: device.name,
    bytesPerToken: bytesPerToken(model),
    prefill: {
      secondsPerToken: (first - perContextToken / 2) / flopsPerSecond,
      secondsPerTokenPair: pair,
    },
  };
}

const FAR = 8192;
