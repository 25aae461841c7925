import { z } from 'zod';
import { type Embedder, normalise } from './embedder.ts';
import { semanticError } from './semantic-errors.ts';

/** An OpenAI-compatible server of embeddings. */
export interface Endpoint {
  /** Up to and without `/embeddings`: `http://127.0.0.1:8000/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
  /** Of one request; 30 s unless given. */
  readonly timeoutMillis?: number;
  /** What the model reads of a text; 8,000 unless given. */
  readonly mostCharacters?: number;
}

const TIMEOUT_MILLIS = 30_000;
/** Chosen: some 2,000 tokens of English, which current models of this kind read. */
const MOST_CHARACTERS = 8000;
const MOST_TEXTS = 64;
const MOST_REASON_CHARACTERS = 200;

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/**
 * An embedder that asks a server; it is asked once at the start for its number of dimensions.
 *
 * Texts are cut to their first `mostCharacters` and sent 64 at a time.
 *
 * @throws WavetuneError `semantic.endpoint-failed`, here and from `embed`.
 */
export async function openEndpointEmbedder(endpoint: Endpoint): Promise<Embedder> {
  const [probe] = await ask(endpoint, ['probe']);
  const dimensions = probe.length;
  return {
    name: `endpoint ${endpoint.model}`,
    dimensions,
    describes: `what ${endpoint.model} holds to be alike`,
    embed: async (texts) => {
      const vectors: Float32Array[] = [];
      for (let at = 0; at < texts.length; at += MOST_TEXTS) {
        vectors.push(...(await ask(endpoint, texts.slice(at, at + MOST_TEXTS))));
      }
      const other = vectors.find((vector) => vector.length !== dimensions);
      if (other === undefined) return vectors;
      throw failed(endpoint, `a vector of ${other.length} numbers came after one of ${dimensions}`);
    },
  };
}

async function ask(endpoint: Endpoint, texts: readonly string[]): Promise<readonly Float32Array[]> {
  const { model, mostCharacters = MOST_CHARACTERS } = endpoint;
  // Servers refuse an empty input.
  const input = texts.map((text) => text.slice(0, mostCharacters).toWellFormed() || ' ');
  const answer = answerSchema.safeParse(await post(endpoint, { model, input }));
  if (!answer.success) throw failed(endpoint, 'its answer is no list of embeddings');
  const vectors: Float32Array[] = [];
  for (const { index, embedding } of answer.data.data) {
    vectors[index] = normalise(Float32Array.from(embedding));
  }
  const isWhole = vectors.length === texts.length && Object.keys(vectors).length === texts.length;
  if (!isWhole) throw failed(endpoint, `it answered ${vectors.length} of ${texts.length} texts`);
  if (vectors.some((vector) => !vector.every(Number.isFinite))) {
    throw failed(endpoint, 'a vector holds what is no number');
  }
  return vectors;
}

async function post(endpoint: Endpoint, body: object): Promise<unknown> {
  const { apiKey, timeoutMillis = TIMEOUT_MILLIS } = endpoint;
  try {
    const response = await fetch(urlOf(endpoint), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ ...body, encoding_format: 'float' }),
      signal: AbortSignal.timeout(timeoutMillis),
    });
    if (response.ok) return await response.json();
    const said = (await response.text()).slice(0, MOST_REASON_CHARACTERS);
    throw new Error(`status ${response.status}: ${said}`);
  } catch (cause) {
    throw failed(endpoint, reasonOf(cause), cause);
  }
}

/** `fetch` says only that it failed; why stands in its cause. */
function reasonOf(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const { message, cause } = failure;
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function urlOf({ baseUrl }: Endpoint): string {
  return `${baseUrl.replace(/\/+$/, '')}/embeddings`;
}

function failed(endpoint: Endpoint, reason: string, cause?: unknown): Error {
  return semanticError('semantic.endpoint-failed', { url: urlOf(endpoint), reason }, { cause });
}
