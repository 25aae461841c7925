import { drawGeometric, drawLogNormal, drawTokens } from '../distributions.ts';
import type { ContentKind, Population } from '../population.ts';
import type { Workload } from './workload.ts';

const SYSTEM_PROMPT: ContentKind = {
  code: 4,
  perTenant: 2,
  tokens: { median: 500, sigma: 0.5, max: 4000 },
};
const DOCUMENT: ContentKind = {
  code: 5,
  perTenant: 2000,
  tokens: { median: 800, sigma: 0.6, max: 8000 },
};
const TOPIC: ContentKind = { code: 6, perTenant: 400, tokens: { median: 1, sigma: 0, max: 1 } };
const QUESTION = { median: 40, sigma: 0.7, max: 1000 };
const ANSWER = { median: 220, sigma: 0.6, max: 2000 };
const READING_MILLIS = { median: 40_000, sigma: 0.8, max: 3_600_000 };
const DOCUMENTS_AT_LEAST = 3;
const DOCUMENTS_AT_MOST = 6;
const USUAL_ORDER_SHARE = 0.6;
const MEAN_QUESTIONS = 1.4;

/**
 * Questions over retrieved documents. A topic finds the same documents each time, mostly in the same order; else the list
 * is rotated, as a re-ranker would, and shares only what comes before the first difference.
 */
export const rag: Workload = {
  name: 'rag',
  meanRequests: MEAN_QUESTIONS,
  *session(population, tenant, prompt) {
    const { rng } = population;
    const system = population.draw(SYSTEM_PROMPT, tenant);
    prompt.appendShared(system.number, system.tokens);
    const ranks = documentsOf(population, population.draw(TOPIC, tenant).number);
    const turned = rng.nextFloat() < USUAL_ORDER_SHARE ? 0 : rng.nextBelow(ranks.length);
    for (let i = 0; i < ranks.length; i++) {
      const document = population.content(DOCUMENT, tenant, ranks[(i + turned) % ranks.length]);
      prompt.appendShared(document.number, document.tokens);
    }
    for (let questions = drawGeometric(rng, MEAN_QUESTIONS); questions > 0; questions--) {
      prompt.appendOwn(drawTokens(rng, QUESTION));
      const outputTokens = drawTokens(rng, ANSWER);
      yield { outputTokens, pauseMillis: drawLogNormal(rng, READING_MILLIS) };
      prompt.appendOwn(outputTokens);
    }
  },
};

/** Ranks of the documents that a topic finds, best first, each once; popular documents answer many topics. */
function documentsOf(population: Population, topic: number): readonly number[] {
  const rng = population.rngOf(topic);
  const count = DOCUMENTS_AT_LEAST + rng.nextBelow(DOCUMENTS_AT_MOST - DOCUMENTS_AT_LEAST + 1);
  const ranks = new Set<number>();
  while (ranks.size < count) ranks.add(population.drawRank(DOCUMENT, rng));
  return [...ranks];
}
