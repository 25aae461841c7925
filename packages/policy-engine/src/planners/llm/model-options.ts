/** A model behind HTTP, and how it is asked. */
export interface ModelOptions {
  /** Of Ollama, `http://127.0.0.1:11434`; of an OpenAI-compatible endpoint, with its `/v1`. */
  readonly url: string;
  readonly model: string;
  /** `auto` takes an address whose path ends in `/v1` for OpenAI-compatible and all others for Ollama. */
  readonly protocol: 'auto' | 'openai' | 'ollama';
  /** Sent as a bearer token; never shown. */
  readonly apiKey?: string;
  /** Of one attempt, from the request to the last byte; Node itself waits 300 s for an answer to begin. */
  readonly timeoutMillis: number;
  /** With the first. */
  readonly attempts: number;
  /** Before the second attempt, then twice as long each time; half of it is drawn by the seed. */
  readonly backOffMillis: number;
  /** An answer is cut there. */
  readonly outputTokens: number;
  /** What Ollama makes room for: context, instructions and answer. */
  readonly windowTokens: number;
  readonly dollarsPerMillion: { readonly input: number; readonly output: number };
  readonly seed: number;
}

/** Everything but where and which. */
export const MODEL_DEFAULTS: Omit<ModelOptions, 'url' | 'model'> = {
  protocol: 'auto',
  timeoutMillis: 60_000,
  attempts: 3,
  backOffMillis: 500,
  outputTokens: 1500,
  windowTokens: 8192,
  dollarsPerMillion: { input: 0, output: 0 },
  seed: 1,
};
