import type { Explanation } from '../suggest/explain.ts';
import type { Suggestion } from '../suggest/suggestion.ts';
import { checkRequest } from './read-body.ts';
import {
  type ExplainQuestion,
  explainQuestion,
  type SuggestQuestion,
  suggestQuestion,
} from './request-schemas.ts';

/** A decoded message: fields that were not sent are absent. */
export type Message = Readonly<Record<string, unknown>>;

/** A message's question in the words of HTTP's, which has one meaning and one check for both. */
export function questionOf(message: Message): SuggestQuestion {
  return checkRequest(suggestQuestion, questionTexts(message));
}

export function explainQuestionOf(message: Message): ExplainQuestion {
  const { prefix_id, model_id } = message;
  const asked = questionTexts(partOf(message, 'question'));
  return checkRequest(explainQuestion, { prefix_id, model_id, ...asked });
}

/** A message within a message; an empty one where it was not sent. */
export function partOf(message: Message, field: string): Message {
  return (message[field] as Message | null | undefined) ?? {};
}

function questionTexts(message: Message): Message {
  const { tenant, weight, top_k, min_score, max_age_ms, budget_bytes, as_of_ms } = message;
  return {
    tenant,
    weight,
    top_k: textOf(top_k),
    min_score: textOf(min_score),
    max_age: textOf(max_age_ms),
    budget: textOf(budget_bytes),
    as_of: textOf(as_of_ms),
  };
}

function textOf(value: unknown): string | undefined {
  return value === undefined ? undefined : String(value);
}

export function toSuggestionMessage({ asOf, hints }: Suggestion): Message {
  return { ...(asOf !== null && { as_of_ms: asOf }), hints };
}

export function toExplanationMessage({ asOf, rank, entry, ...rest }: Explanation): Message {
  return {
    ...rest,
    ...(asOf !== null && { as_of_ms: asOf }),
    ...(rank !== null && { rank }),
    ...(entry !== null && { entry: { ...entry, usefulness: entry.feedback?.usefulness ?? 1 } }),
  };
}
