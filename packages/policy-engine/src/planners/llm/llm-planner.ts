import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, type Rng } from '@wavetune/core';
import { encodeContext } from '../../context/fit-context.ts';
import type { WindowContext } from '../../context/window-context.ts';
import { buildPlan, type PlanBounds } from '../../plan/build-plan.ts';
import type { Discard, DiscardKind } from '../../plan/discard.ts';
import { answerJsonSchema, parseAnswer } from '../../plan/parse-answer.ts';
import type { Planner, PlannerAnswer, PlanSignal } from '../planner.ts';
import { plannerError } from '../planner-errors.ts';
import { askModel } from './ask-model.ts';
import type { ModelOptions } from './model-options.ts';
import { type ModelAnswer, type ModelQuestion, protocolOf } from './protocols.ts';

/** Instructions are versioned files: a change of them is a new file. */
const PROMPT = 'cache-planner-v1';

/** What may pass by itself; every other answer would come again, as the temperature is 0. */
const WORTH_RETRYING: ReadonlySet<DiscardKind> = new Set(['timeout', 'connection', 'server-error']);

const LONGEST_WAIT_MILLIS = 30_000;

/**
 * Asks a model for plans. Its text is read hard (`parseAnswer`) and of what it says only keys and TTLs are taken; which of
 * the keys may be touched is for the executor to say.
 *
 * @throws WavetuneError `planner.bad-url`, `planner.no-model`.
 */
export function llmPlanner(options: ModelOptions, bounds: PlanBounds): Planner {
  checkOptions(options);
  const instructions = readFileSync(new URL(`../prompts/${PROMPT}.md`, import.meta.url), 'utf8');
  const endpoint = { options, rng: createRng(options.seed), format: 0 };
  return {
    name: 'llm',
    async plan(context, signal) {
      const question = questionOf(instructions, context, signal, bounds);
      const { answer, discarded } = await askAgain(question, endpoint, signal.abort);
      const usage = {
        attempts: discarded.length + (answer === undefined ? 0 : 1),
        inputTokens: answer?.inputTokens ?? 0,
        outputTokens: answer?.outputTokens ?? 0,
        costDollars: answer === undefined ? 0 : costOf(answer, options),
      };
      return { ...planOf(answer, discarded, context, bounds), usage };
    },
  };
}

function planOf(
  answer: ModelAnswer | undefined,
  discarded: readonly Discard[],
  context: WindowContext,
  { lifetimeMillis }: PlanBounds,
): PlannerAnswer {
  if (answer === undefined) return { plan: null, discarded };
  const { wish, discard } = parseAnswer(answer.text);
  if (wish === undefined) return { plan: null, discarded: [...discarded, discard] };
  return { plan: buildPlan('llm', context, wish, lifetimeMillis), discarded };
}

/** A model's endpoint, and the format of answers that it was last known to take. */
interface Endpoint {
  readonly options: ModelOptions;
  readonly rng: Rng;
  format: number;
}

/**
 * Asks until there is an answer, or no attempt is left or worth it. A format that the endpoint does not know is no attempt:
 * the next one is tried at once, and kept for the plans that follow.
 */
async function askAgain(
  question: ModelQuestion,
  endpoint: Endpoint,
  abort: AbortSignal,
): Promise<{ readonly answer?: ModelAnswer; readonly discarded: readonly Discard[] }> {
  const { options, rng } = endpoint;
  const lastFormat = protocolOf(options).formatsOf(question.schema).length - 1;
  const discarded: Discard[] = [];
  for (let attempt = 1; ; attempt++) {
    const asked = await askModel({ question, options, format: endpoint.format }, abort);
    if (asked.answer !== undefined) return { answer: asked.answer, discarded };
    discarded.push(asked.discard);
    if (asked.isFormatRefused === true && endpoint.format < lastFormat) {
      endpoint.format++;
      attempt--;
      continue;
    }
    if (attempt >= options.attempts || !WORTH_RETRYING.has(asked.discard.kind))
      return { discarded };
    const backOff = options.backOffMillis * 2 ** (attempt - 1) * (0.5 + rng.nextFloat() / 2);
    const wait = Math.min(LONGEST_WAIT_MILLIS, Math.max(backOff, asked.retryAfterMillis ?? 0));
    await sleep(wait, undefined, { signal: abort });
  }
}

/**
 * The context is one line of JSON, so that no text in it can look like anything but a string of it.
 */
function questionOf(
  instructions: string,
  context: WindowContext,
  { reason }: PlanSignal,
  bounds: PlanBounds,
): ModelQuestion {
  const values: Readonly<Record<string, string>> = {
    keyPrefix: context.keyPrefix,
    evictions: String(bounds.evictions),
    prefetches: String(bounds.prefetches),
  };
  return {
    system: instructions.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name]),
    user: `A plan is asked for because of: ${reason}\n${encodeContext(context)}`,
    schema: answerJsonSchema(bounds),
  };
}

function costOf({ inputTokens, outputTokens }: ModelAnswer, { dollarsPerMillion }: ModelOptions) {
  const { input, output } = dollarsPerMillion;
  return (inputTokens * input + outputTokens * output) / 1e6;
}

function checkOptions({ url, model }: ModelOptions): void {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') {
    throw plannerError('planner.bad-url', { url });
  }
  if (model === '') throw plannerError('planner.no-model', {});
}
