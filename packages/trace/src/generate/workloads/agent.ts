import { drawGeometric, drawLogNormal, drawTokens } from '../distributions.ts';
import type { ContentKind } from '../population.ts';
import { CONTEXT_TOKENS, type Workload } from './workload.ts';

const TOOLS: ContentKind = {
  code: 2,
  perTenant: 3,
  tokens: { median: 7000, sigma: 0.4, max: 30_000 },
};
const PROJECT: ContentKind = {
  code: 3,
  perTenant: 40,
  tokens: { median: 2500, sigma: 0.7, max: 20_000 },
};
const TASK = { median: 200, sigma: 1, max: 8000 };
const TOOL_RESULT = { median: 500, sigma: 1.3, max: 30_000 };
const STEP = { median: 120, sigma: 0.9, max: 4000 };
const TOOL_MILLIS = { median: 1500, sigma: 1.1, max: 600_000 };
const SUMMARY = { median: 1500, sigma: 0.4, max: 6000 };
const MEAN_STEPS = 20;

/**
 * Agents: a long head of tools and project notes, then many quick steps, each of which adds a tool's result. Where the
 * context is full, all but the head gives way to a summary.
 */
export const agent: Workload = {
  name: 'agent',
  meanRequests: MEAN_STEPS,
  *session(population, tenant, prompt) {
    const { rng } = population;
    for (const kind of [TOOLS, PROJECT]) {
      const content = population.draw(kind, tenant);
      prompt.appendShared(content.number, content.tokens);
    }
    prompt.appendOwn(drawTokens(rng, TASK));
    for (let steps = drawGeometric(rng, MEAN_STEPS); steps > 0; steps--) {
      const outputTokens = drawTokens(rng, STEP);
      yield { outputTokens, pauseMillis: drawLogNormal(rng, TOOL_MILLIS) };
      const grownTokens = outputTokens + drawTokens(rng, TOOL_RESULT);
      if (prompt.tokens + grownTokens > CONTEXT_TOKENS) {
        prompt.rewindToShared();
        prompt.appendOwn(drawTokens(rng, SUMMARY));
      }
      prompt.appendOwn(grownTokens);
    }
  },
};
