import type { Population } from '../population.ts';
import type { Prompt } from '../prompt.ts';

/** How one kind of client uses a model. */
export interface Workload {
  readonly name: string;
  /** Requests of a session on average; a mix is given in requests, and this turns it into sessions. */
  readonly meanRequests: number;
  /**
   * One session: prepares the prompt of a request, yields what follows from it, and goes on when the session's next
   * request is due.
   */
  session(population: Population, tenant: number, prompt: Prompt): Generator<Turn, void, void>;
}

/** A request that is about to be sent, beside its prompt. */
export interface Turn {
  readonly outputTokens: number;
  /** From the end of the answer to the session's next request. */
  readonly pauseMillis: number;
}

/** Prompts past this are cut or ended: the usual context of the models that such traffic runs on. */
export const CONTEXT_TOKENS = 131_072;
