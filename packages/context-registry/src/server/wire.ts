import type { Content, OwnerKey, Prompt } from '../registry/types.ts';
import type { KeyQuestion, PromptQuestion } from './request-schemas.ts';

/** A value as JSON, keys in `snake_case`: what the answers of the service are. */
export type Wire =
  | null
  | boolean
  | number
  | string
  | readonly Wire[]
  | { readonly [key: string]: Wire };

/**
 * An answer of the registry for the wire. Keys are the registry's own field names, never what a caller sent; what is
 * undefined is left out.
 */
export function toWire(value: unknown): Wire {
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value as Wire;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        toWire(field),
      ]),
  );
}

/** The prompt that a question spells. */
export function toPrompt(question: PromptQuestion): Prompt {
  const { lora, cache_salt: cacheSalt, model } = question;
  return {
    ...toContent(question),
    scope: { ...(lora !== undefined && { lora }), ...(cacheSalt !== undefined && { cacheSalt }) },
    ...(model !== undefined && { model }),
  };
}

export function toKey({ tenant, agent, context }: KeyQuestion): OwnerKey {
  return { ...(tenant !== undefined && { tenant }), agent, context };
}

/** The schema lets exactly one through. */
function toContent({ text, tokens }: Pick<PromptQuestion, 'text' | 'tokens'>): Content {
  return text === undefined ? { tokens: tokens ?? [] } : { text };
}
