import type { OptionTable } from '@wavetune/cli';
import { parseSize } from '@wavetune/core';
import { pipelineError } from './context-registry-errors.ts';
import { REGISTRY_OPTIONS } from './registry-options.ts';

export const PRESSURE_CHOICES = ['auto', 'nvidia-smi', 'cgroup', 'process', 'budget'] as const;

/** What a registry that lives on needs, over whatever transport. */
export const SERVICE_OPTIONS = {
  ...REGISTRY_OPTIONS,
  memory: {
    type: 'string',
    describe: 'KV memory that contexts may take up together, shared blocks counted once: 40GiB',
    defaultDescription: 'no limit',
  },
  'budget-tokens': { type: 'number', describe: 'The same in tokens; the tighter of the two holds' },
  pressure: {
    type: 'string',
    choices: PRESSURE_CHOICES,
    describe:
      'What is read beside the budget: auto takes nvidia-smi where there is one, else the control group, else the process. An engine that takes its GPU memory at the start always looks full to nvidia-smi',
    defaultDescription: 'budget alone where one is given, otherwise auto',
  },
  'step-interval': {
    type: 'string',
    default: '1s',
    describe: 'Between two looks at the pressure',
  },
  'offload-dir': {
    type: 'string',
    describe: 'Folder for contexts that leave under critical pressure and come back when named',
    defaultDescription: 'they are evicted',
  },
  workflow: {
    type: 'string',
    describe: 'JSON file {"steps": [["planner", "writer"], …]}: which agent runs after which',
  },
  embeddings: {
    type: 'string',
    choices: ['hashed', 'endpoint', 'onnx', 'none'],
    default: 'hashed',
    describe: 'What finds contexts that are alike; hashed knows words, not meanings',
  },
  'embedding-url': {
    type: 'string',
    describe: 'With endpoint: an OpenAI-compatible server, http://127.0.0.1:8000/v1',
  },
  'embedding-model': {
    type: 'string',
    describe: 'With endpoint: the model’s name. With onnx: the file',
  },
  'embedding-tokenizer': {
    type: 'string',
    describe: 'With onnx: the model’s tokenizer.json',
  },
  snapshot: {
    type: 'string',
    describe: 'Restored at the start where it is there, written at the end',
  },
  'body-limit': { type: 'string', default: '16MiB', describe: 'Of one request' },
  'log-level': {
    type: 'string',
    choices: ['debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    describe: 'Of the log on standard error; it never holds what a caller sent',
  },
} as const satisfies OptionTable;

/** @throws WavetuneError `usage.bad-body-limit`, `core.bad-size` */
export function bodyLimitOf({ 'body-limit': text }: { readonly 'body-limit': string }): number {
  const limitBytes = parseSize(text);
  if (limitBytes < 1) throw pipelineError('usage.bad-body-limit', { found: text });
  return limitBytes;
}

interface Embeddings {
  readonly embeddings: string;
  readonly 'embedding-url': string | undefined;
  readonly 'embedding-model': string | undefined;
  readonly 'embedding-tokenizer': string | undefined;
}

/** Which options must come together; nothing where they do. */
export function checkServiceOptions(options: Embeddings): string | undefined {
  const { embeddings } = options;
  const needed = NEEDED[embeddings] ?? [];
  const missing = needed.find((name) => options[name] === undefined);
  if (missing !== undefined) return `--embeddings ${embeddings} needs --${missing}`;
  const other = EMBEDDING_OPTIONS.find(
    (name) => options[name] !== undefined && !needed.includes(name),
  );
  return other && `--${other} makes no sense with --embeddings ${embeddings}`;
}

const EMBEDDING_OPTIONS = ['embedding-url', 'embedding-model', 'embedding-tokenizer'] as const;

const NEEDED: Readonly<Record<string, readonly (typeof EMBEDDING_OPTIONS)[number][]>> = {
  endpoint: ['embedding-url', 'embedding-model'],
  onnx: ['embedding-model', 'embedding-tokenizer'],
};
