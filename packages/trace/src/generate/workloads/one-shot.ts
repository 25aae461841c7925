import { drawTokens } from '../distributions.ts';
import type { ContentKind } from '../population.ts';
import type { Workload } from './workload.ts';

const TEMPLATE: ContentKind = {
  code: 7,
  perTenant: 20,
  tokens: { median: 300, sigma: 0.7, max: 4000 },
};
const TEXT = { median: 1500, sigma: 1.1, max: 60_000 };
const ANSWER = { median: 80, sigma: 1, max: 2000 };

/** Single calls from programs (classify, extract, summarise): a short template and a text that never comes again. */
export const oneShot: Workload = {
  name: 'one-shot',
  meanRequests: 1,
  *session(population, tenant, prompt) {
    const { rng } = population;
    const template = population.draw(TEMPLATE, tenant);
    prompt.appendShared(template.number, template.tokens);
    prompt.appendOwn(drawTokens(rng, TEXT));
    yield { outputTokens: drawTokens(rng, ANSWER), pauseMillis: 0 };
  },
};
