import { z } from 'zod';
import type { ModelOptions } from './model-options.ts';

export interface ModelQuestion {
  readonly system: string;
  readonly user: string;
  /** JSON Schema of the answer. */
  readonly schema: object;
}

export interface ModelAnswer {
  readonly text: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How one kind of endpoint is spoken to: temperature 0, nothing streamed. */
export interface ModelProtocol {
  /** Below the endpoint's address. */
  readonly path: string;
  /** What a body says so that the answer is held to the schema: the strictest way first, the last one asks for nothing. */
  formatsOf(schema: object): readonly object[];
  bodyOf(question: ModelQuestion, options: ModelOptions): object;
  /** Undefined where the response is not what the protocol says. */
  answerOf(response: unknown): ModelAnswer | undefined;
}

const tokens = z.int().nonnegative().catch(0);

const openaiResponse = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }).nullish(),
});

const ollamaResponse = z.object({
  message: z.object({ content: z.string() }),
  prompt_eval_count: tokens,
  eval_count: tokens,
});

const openai: ModelProtocol = {
  path: 'chat/completions',
  formatsOf: (schema) => {
    const strict = { name: 'cache_plan', strict: true, schema };
    return [
      { response_format: { type: 'json_schema', json_schema: strict } },
      { response_format: { type: 'json_object', schema } },
      {},
    ];
  },
  bodyOf: (question, { model, seed, outputTokens }) => ({
    model,
    messages: messagesOf(question),
    temperature: 0,
    seed,
    max_tokens: outputTokens,
  }),
  answerOf: (response) => {
    const { data } = openaiResponse.safeParse(response);
    return (
      data && {
        text: data.choices[0].message.content,
        inputTokens: data.usage?.prompt_tokens ?? 0,
        outputTokens: data.usage?.completion_tokens ?? 0,
      }
    );
  },
};

const ollama: ModelProtocol = {
  path: 'api/chat',
  formatsOf: (schema) => [{ format: schema }, { format: 'json' }, {}],
  bodyOf: (question, { model, seed, outputTokens, windowTokens }) => ({
    model,
    messages: messagesOf(question),
    stream: false,
    options: { temperature: 0, seed, num_predict: outputTokens, num_ctx: windowTokens },
  }),
  answerOf: (response) => {
    const { data } = ollamaResponse.safeParse(response);
    return (
      data && {
        text: data.message.content,
        inputTokens: data.prompt_eval_count,
        outputTokens: data.eval_count,
      }
    );
  },
};

const PROTOCOLS = { openai, ollama } as const;

/** The protocol that the options name, or that the address looks like. */
export function protocolOf({ protocol, url }: ModelOptions): ModelProtocol {
  if (protocol !== 'auto') return PROTOCOLS[protocol];
  return /\/v1\/?$/.test(new URL(url).pathname) ? openai : ollama;
}

function messagesOf({ system, user }: ModelQuestion) {
  return [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ];
}
