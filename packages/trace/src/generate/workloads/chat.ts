import { drawGeometric, drawLogNormal, drawTokens } from '../distributions.ts';
import type { ContentKind } from '../population.ts';
import { CONTEXT_TOKENS, type Workload } from './workload.ts';

const SYSTEM_PROMPT: ContentKind = {
  code: 1,
  perTenant: 8,
  tokens: { median: 900, sigma: 0.8, max: 8000 },
};
const MESSAGE = { median: 60, sigma: 1.1, max: 4000 };
const PASTED_TEXT = { median: 2500, sigma: 1, max: 40_000 };
const PASTED_SHARE = 0.15;
const ANSWER = { median: 250, sigma: 0.8, max: 4000 };
const THINKING_MILLIS = { median: 30_000, sigma: 1, max: 3_600_000 };
const MEAN_TURNS = 4;

/**
 * People who talk: one of the tenant's system prompts, then message and answer in turns, the whole talk sent each time.
 * Lengths and pauses are chosen; the conversation trace of Mooncake has prompts of the same order.
 */
export const chat: Workload = {
  name: 'chat',
  meanRequests: MEAN_TURNS,
  *session(population, tenant, prompt) {
    const { rng } = population;
    const system = population.draw(SYSTEM_PROMPT, tenant);
    prompt.appendShared(system.number, system.tokens);
    for (let turns = drawGeometric(rng, MEAN_TURNS); turns > 0; turns--) {
      prompt.appendOwn(drawTokens(rng, MESSAGE));
      if (rng.nextFloat() < PASTED_SHARE) prompt.appendOwn(drawTokens(rng, PASTED_TEXT));
      const outputTokens = drawTokens(rng, ANSWER);
      yield { outputTokens, pauseMillis: drawLogNormal(rng, THINKING_MILLIS) };
      prompt.appendOwn(outputTokens);
      if (prompt.tokens > CONTEXT_TOKENS) return;
    }
  },
};
