/** A mistake of the caller or of the data: a stable code, typed details, and a message made from them. */
export class WavetuneError<
  Code extends string = string,
  Details extends object = object,
> extends Error {
  override readonly name = 'WavetuneError';
  readonly code: Code;
  readonly details: Details;

  constructor(code: Code, details: Details, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.details = details;
  }
}

type DetailsOf<F> = F extends (details: infer D) => string ? D : never;

/**
 * Declares the failures of one package: code → the sentence that its details make.
 *
 * The sentence says what was found, what is accepted, and where. The result builds the error and does not throw it, so
 * that the call site reads `throw traceError('trace.missing-file', { path })` and control flow stays visible.
 */
export function defineErrors<
  // biome-ignore lint/suspicious/noExplicitAny: the parameter is contravariant; `any` here keeps each entry's own details type
  const Sentences extends Record<string, (details: any) => string>,
>(sentences: Sentences) {
  return <Code extends keyof Sentences & string>(
    code: Code,
    details: DetailsOf<Sentences[Code]>,
    options?: ErrorOptions,
  ): WavetuneError<Code, DetailsOf<Sentences[Code]> & object> =>
    new WavetuneError(
      code,
      details as DetailsOf<Sentences[Code]> & object,
      sentences[code](details),
      options,
    );
}

/** True for a coded error, optionally of one code. */
export function isWavetuneError(value: unknown, code?: string): value is WavetuneError {
  return value instanceof WavetuneError && (code === undefined || value.code === code);
}

/** Closes an exhaustive `switch`; reaching it is a bug here, not a mistake of the caller. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unreachable ${what}: ${JSON.stringify(value)}`);
}
