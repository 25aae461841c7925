import type { OptionsOf, OptionTable } from '@wavetune/cli';
import {
  AGGREGATOR_DEFAULTS,
  LEAST_TOKEN_BUDGET,
  MODEL_DEFAULTS,
  type ModelOptions,
} from '@wavetune/policy-engine';
import { numbersIn } from './number-list.ts';

const { tokenBudget } = AGGREGATOR_DEFAULTS;
const { outputTokens, windowTokens } = MODEL_DEFAULTS;
/** Beside a context and an answer: what a window must hold of instructions. */
const INSTRUCTION_TOKENS = windowTokens - tokenBudget - outputTokens;

/** What planners see, and the model of the planner llm. */
export const MODEL_OPTIONS = {
  'llm-url': {
    type: 'string',
    describe:
      'Ollama (http://127.0.0.1:11434) or an OpenAI-compatible endpoint (…/v1); WAVETUNE_LLM_KEY is its key',
  },
  model: { type: 'string', describe: 'Of the planner llm: llama3.2:1b' },
  'context-tokens': {
    type: 'number',
    default: tokenBudget,
    describe:
      'Most tokens of what a planner sees of a window; less for a model with a small window',
  },
  'llm-answer-tokens': {
    type: 'number',
    default: outputTokens,
    describe: 'Where an answer of the model is cut',
  },
  'llm-timeout': {
    type: 'number',
    default: MODEL_DEFAULTS.timeoutMillis / 1000,
    describe: 'Seconds of one attempt',
  },
  'llm-dollars': {
    type: 'string',
    default: '0,0',
    describe: 'Of a million tokens: input,output',
  },
} as const satisfies OptionTable;

type RawModelOptions = OptionsOf<typeof MODEL_OPTIONS>;

/** Undefined where none is named; what signs in comes by the environment, where no list of processes shows it. */
export function modelOf(raw: RawModelOptions): ModelOptions | undefined {
  const { 'llm-url': url, model } = raw;
  if (url === undefined || model === undefined) return undefined;
  const [input, output] = numbersIn(raw['llm-dollars'], 2) ?? [];
  const apiKey = process.env.WAVETUNE_LLM_KEY;
  return {
    ...MODEL_DEFAULTS,
    ...{ url, model, timeoutMillis: 1000 * raw['llm-timeout'] },
    outputTokens: raw['llm-answer-tokens'],
    windowTokens: INSTRUCTION_TOKENS + raw['context-tokens'] + raw['llm-answer-tokens'],
    dollarsPerMillion: { input, output },
    ...(apiKey !== undefined && { apiKey }),
  };
}

/** All attempts of one plan, with the pauses between. */
export function plannerTimeoutMillis(raw: RawModelOptions): number {
  return 1000 * raw['llm-timeout'] * (MODEL_DEFAULTS.attempts + 1);
}

/** What is wrong with the values, or nothing. */
export function faultOfModel(
  raw: RawModelOptions & { readonly planner: string },
): string | undefined {
  const { planner, 'llm-url': url, model, 'llm-dollars': dollars } = raw;
  if ((url === undefined) !== (model === undefined)) return '--llm-url and --model go together';
  if (url === undefined && planner.split(',').includes('llm')) {
    return '--planner llm needs --llm-url and --model';
  }
  const tokens = { 'context-tokens': LEAST_TOKEN_BUDGET, 'llm-answer-tokens': 1 } as const;
  for (const [name, least] of Object.entries(tokens) as [keyof typeof tokens, number][]) {
    if (!Number.isSafeInteger(raw[name]) || raw[name] < least) {
      return `--${name} ${raw[name]}: accepted is a whole number from ${least}`;
    }
  }
  if (!(raw['llm-timeout'] > 0 && raw['llm-timeout'] <= 86_400)) {
    return `--llm-timeout ${raw['llm-timeout']}: accepted are seconds above 0, at most 86400`;
  }
  return numbersIn(dollars, 2) === undefined
    ? `--llm-dollars ${dollars}: accepted are two prices, input and output`
    : undefined;
}
