import { z } from 'zod';

const MOST_CONTEXTS = 1000;
const MOST_AGENTS = 1000;
const MOST_NEIGHBOURS = 100;

const name = z.string().min(1).max(512);

const agentFields = {
  tenant: name.exactOptional().describe('Whose agent it is.'),
  agent: name,
};

/** Tells the first fault alone: an issue for each of millions of ids would take gigabytes and a minute. */
const tokenIds = z
  .array(z.unknown())
  .superRefine((ids, context) => {
    const at = ids.findIndex((id) => !Number.isSafeInteger(id) || Number(id) < 0);
    if (at === -1) return;
    const message = 'accepted is a whole number from 0 up';
    context.addIssue({ code: 'custom', path: [at], message });
  })
  .meta({ items: { type: 'integer', minimum: 0 } })
  .transform((ids) => ids as readonly number[]);

const contentFields = {
  text: z.string().exactOptional().describe('The whole prompt as text. Either this or tokens.'),
  tokens: tokenIds
    .exactOptional()
    .describe('The whole prompt as token ids of the registry’s model.'),
};

const scopeFields = {
  lora: name.exactOptional().describe('The LoRA adapter that it runs with.'),
  cache_salt: z.string().max(512).exactOptional().describe('The engine’s cache_salt.'),
  model: name.exactOptional().describe('Refused where it is not the registry’s model.'),
};

type ContentFields = { readonly text?: string; readonly tokens?: readonly number[] };

function hasOneContent({ text, tokens }: ContentFields): boolean {
  return (text === undefined) !== (tokens === undefined);
}

const ONE_CONTENT = 'accepted is either text or tokens';

const neighbours = z
  .int()
  .min(0)
  .max(MOST_NEIGHBOURS)
  .default(5)
  .describe('How many contexts that are alike by embedding to name; they are advice.');

const ownerRef = z.strictObject({
  ...agentFields,
  context: name.exactOptional().describe('All of the agent’s contexts where it is missing.'),
});

const ownerKey = z.strictObject({ ...agentFields, context: name });

const prompt = z
  .strictObject({ ...contentFields, ...scopeFields })
  .refine(hasOneContent, ONE_CONTENT);

const promptOrKey = z
  .union([prompt, ownerKey])
  .describe('A prompt, or the agent and context of one that is registered.');

const registration = z
  .strictObject({ ...agentFields, context: name, ...contentFields, ...scopeFields })
  .refine(hasOneContent, ONE_CONTENT);

/** What `register_context` takes. */
export const registerQuestion = z.strictObject({
  contexts: z
    .array(registration)
    .min(1)
    .max(MOST_CONTEXTS)
    .describe('All are registered or none. A key that is there already is replaced.'),
});

/** What `shared_context` is asked. */
export const sharedQuestion = z.strictObject({
  agents: z.array(ownerRef).min(1).max(MOST_AGENTS),
  target: promptOrKey,
  neighbours,
});

/** What `match_context` is asked. */
export const matchQuestion = z
  .strictObject({ ...contentFields, ...scopeFields, neighbours })
  .refine(hasOneContent, ONE_CONTENT);

/** What `explain_divergence` is asked. */
export const explainQuestion = z.strictObject({ owner: ownerRef, target: promptOrKey });

/** What `clear_context` is asked. */
export const clearQuestion = z
  .strictObject({
    owners: z.array(ownerRef).min(1).max(MOST_AGENTS).exactOptional(),
    all: z.literal(true).exactOptional().describe('Everything, of every tenant.'),
  })
  .refine(
    ({ owners, all }) => (owners === undefined) !== (all === undefined),
    'accepted is either owners, or all',
  );

/** Where an engine holds a context’s KV. */
export const offsetsQuestion = z.strictObject({
  ...ownerKey.shape,
  first_position: z.int().min(0),
  tokens: z.int().min(1),
});

/** What an engine made of a prompt. */
export const outcomeQuestion = z
  .strictObject({
    ...contentFields,
    ...scopeFields,
    cached_tokens: z.int().min(0).describe('Prompt tokens whose KV the engine reused.'),
  })
  .refine(hasOneContent, ONE_CONTENT);

export type RegisterQuestion = z.output<typeof registerQuestion>;
export type SharedQuestion = z.output<typeof sharedQuestion>;
export type MatchQuestion = z.output<typeof matchQuestion>;
export type ExplainQuestion = z.output<typeof explainQuestion>;
export type ClearQuestion = z.output<typeof clearQuestion>;
export type OffsetsQuestion = z.output<typeof offsetsQuestion>;
export type OutcomeQuestion = z.output<typeof outcomeQuestion>;
export type PromptQuestion = z.output<typeof prompt>;
export type TargetQuestion = z.output<typeof promptOrKey>;
export type KeyQuestion = z.output<typeof ownerKey>;
