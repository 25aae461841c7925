import { isWavetuneError } from '@wavetune/core';

/** How a failure is told. */
export interface FailureAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly body: { readonly error: { readonly code: string; readonly message: string } };
}

/** The first that fits. What nobody foresaw is an internal failure, and says nothing of itself. */
const STATUSES: readonly (readonly [codePrefix: string, status: number])[] = [
  ['service.no-token', 401],
  ['service.foreign-host', 421],
  ['service.too-large', 413],
  ['service.no-snapshot', 409],
  ['service.', 400],
  ['registry.unknown-owner', 404],
  ['registry.cleared-since', 409],
  ['registry.index-failed', 500],
  ['registry.too-many-tokens', 413],
  ['registry.', 400],
  ['tokens.text-too-long', 413],
  ['tokens.too-slow', 413],
  ['tokens.', 400],
  ['anchor.', 400],
  ['memory.too-large', 413],
  ['memory.emergency', 503],
  ['memory.damaged-file', 410],
  ['semantic.bad-vector', 502],
  ['core.cannot-publish', 507],
];

/** Instead of messages that tell of the service's own files and parts. */
const OWN_PARTS: Readonly<Record<string, string>> = {
  'memory.damaged-file': 'the file of an offloaded context is damaged; register the context again',
  'registry.index-failed':
    'the registry takes no more changes; the log says why, start the service anew',
  'core.cannot-publish': 'the snapshot could not be written; the log says why',
};

const INTERNAL: FailureAnswer = {
  status: 500,
  body: { error: { code: 'service.internal', message: 'an internal failure; the log has it' } },
};

/** The answer to a failure: status 500 for what is ours. */
export function answerOf(failure: unknown): FailureAnswer {
  if (!isWavetuneError(failure)) return INTERNAL;
  const rule = STATUSES.find(([codePrefix]) => failure.code.startsWith(codePrefix));
  if (rule === undefined) return INTERNAL;
  const message = OWN_PARTS[failure.code] ?? failure.message.slice(failure.code.length + 2);
  return { status: rule[1], body: { error: { code: failure.code, message } } };
}
