import { kernelsError } from '../kernels-errors.ts';
import { bcache } from './bcache.ts';
import { datajax } from './datajax.ts';
import { sglang } from './sglang.ts';
import type { Strategy } from './strategy.ts';
import { vllm } from './vllm.ts';
import { vllm2025 } from './vllm-2025.ts';

/** The rules that a tuned policy is set against, newest engine first. */
export const STRATEGIES: readonly Strategy[] = [vllm, vllm2025, sglang, datajax, bcache];

/**
 * The rule of that name; `default:` before it is allowed.
 *
 * @throws WavetuneError `kernels.unknown-strategy`
 */
export function findStrategy(name: string): Strategy {
  const bare = name.replace(/^default:/, '');
  const strategy = STRATEGIES.find((candidate) => candidate.name === bare);
  if (strategy === undefined) {
    throw kernelsError('kernels.unknown-strategy', {
      found: name,
      known: STRATEGIES.map((candidate) => candidate.name),
    });
  }
  return strategy;
}
