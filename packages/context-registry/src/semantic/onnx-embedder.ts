import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Tokenizer } from '../tokens/tokenizer.ts';
import { type Embedder, normalise } from './embedder.ts';
import { semanticError } from './semantic-errors.ts';

/** A sentence encoder in a file. */
export interface OnnxModel {
  /** Of the `.onnx` file. */
  readonly path: string;
  /** The model's own, not that of the registry. */
  readonly tokenizer: Tokenizer;
  /** What the model reads of a text; 512 unless given. */
  readonly mostTokens?: number;
}

type Runtime = typeof import('onnxruntime-node');

const MOST_TOKENS = 512;
/** A token has fewer on average in every text that people write: what lies behind is not spelled for nothing. */
const LETTERS_PER_TOKEN = 64;
/** The inputs of encoders as Hugging Face exports them. */
const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'];

/**
 * An embedder that runs a local ONNX model: the mean over the tokens' last states, or the sentence's own vector where the
 * model gives one.
 *
 * The runtime is a package of its own, loaded here alone. Special tokens are the tokenizer's concern: none is added.
 *
 * @throws WavetuneError `semantic.no-runtime`, `semantic.bad-model`
 */
export async function openOnnxEmbedder(model: OnnxModel): Promise<Embedder> {
  const runtime = await loadRuntime();
  const session = await openSession(runtime, model);
  const embed = (text: string): Promise<Float32Array> => embedOne(runtime, session, model, text);
  const { length: dimensions } = await embed('a').catch((cause: unknown) => {
    throw badModel(model, cause);
  });
  return {
    name: `onnx ${model.path}`,
    dimensions,
    describes: `what the model ${model.path} holds to be alike`,
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (const text of texts) {
        // Models fail on no tokens, and one empty text must not take away the vectors of the others.
        vectors.push(text === '' ? new Float32Array(dimensions) : await embed(text));
      }
      return vectors;
    },
  };
}

async function loadRuntime(): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw semanticError('semantic.no-runtime', { reason }, { cause });
  }
}

async function openSession({ InferenceSession }: Runtime, model: OnnxModel) {
  try {
    const session = await InferenceSession.create(model.path);
    const foreign = session.inputNames.filter((name) => !INPUTS.includes(name));
    if (foreign.length === 0 && session.inputNames.includes('input_ids')) return session;
    throw new Error(
      `it takes ${session.inputNames.join(', ')}; accepted are input_ids and, beside it, attention_mask, token_type_ids`,
    );
  } catch (cause) {
    throw badModel(model, cause);
  }
}

async function embedOne(
  { Tensor }: Runtime,
  session: InferenceSession,
  { tokenizer, mostTokens = MOST_TOKENS }: OnnxModel,
  text: string,
): Promise<Float32Array> {
  const head = text.slice(0, LETTERS_PER_TOKEN * mostTokens).toWellFormed();
  const tokens = tokenizer.encode(head).subarray(0, mostTokens);
  const { length } = tokens;
  const tensorOf = (valueAt: (at: number) => number): Tensor => {
    const values = BigInt64Array.from({ length }, (_, at) => BigInt(valueAt(at)));
    return new Tensor('int64', values, [1, length]);
  };
  const values: Readonly<Record<string, (at: number) => number>> = {
    input_ids: (at) => tokens[at],
    attention_mask: () => 1,
    token_type_ids: () => 0,
  };
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [name, tensorOf(values[name])]),
  );
  const answers = await session.run(feeds);
  return normalise(vectorOf(answers.sentence_embedding ?? answers[session.outputNames[0]]));
}

/** Of shape `[1, d]`, or the mean of `[1, tokens, d]`. */
function vectorOf({ data, dims, type }: Tensor): Float32Array {
  if (type !== 'float32' || dims.length < 2 || dims.length > 3) {
    throw new Error(`it gives ${type} of shape [${dims.join(', ')}]; accepted are float32 vectors`);
  }
  const states = data as Float32Array;
  const dimensions = dims[dims.length - 1];
  const mean = new Float32Array(dimensions);
  for (const [at, number] of states.entries()) mean[at % dimensions] += number;
  const rows = states.length / dimensions;
  return rows > 1 ? mean.map((sum) => sum / rows) : mean;
}

function badModel({ path }: OnnxModel, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return semanticError('semantic.bad-model', { path, reason }, { cause });
}
