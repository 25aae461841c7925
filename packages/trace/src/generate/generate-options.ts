import { generateError } from './generate-errors.ts';
import { WORKLOADS } from './workloads/workloads.ts';

/** What `generateTrace` is asked for. */
export interface GenerateOptions {
  /** A whole number in [0, 2^32). */
  readonly seed: number;
  /** Share of the requests by workload's name; any scale. */
  readonly mix: Readonly<Record<string, number>>;
  /** Stops after this many requests, */
  readonly requests?: number;
  /** or with the request that reaches this many block references. */
  readonly references?: number;
  readonly tenants: number;
  /** Of the popularity of tenants and of what they share; 0 is uniform. */
  readonly zipfExponent: number;
  readonly blockSize: number;
  readonly requestsPerSecond: number;
  /** Share by which the rate swings about its mean over a day, from 0 (even) to 1 (nothing at night). */
  readonly diurnalAmplitude: number;
}

/** What `generateTrace` assumes where a caller has no wish. */
export const GENERATE_DEFAULTS = {
  seed: 1,
  mix: { chat: 0.5, agent: 0.25, rag: 0.15, 'one-shot': 0.1 },
  tenants: 16,
  zipfExponent: 1,
  blockSize: 512,
  requestsPerSecond: 4,
  diurnalAmplitude: 0,
} as const satisfies GenerateOptions;

/** Throws `generate.bad-option` for the first option that is out of range. */
export function verifyGenerateOptions(options: GenerateOptions): void {
  verifyMix(options.mix);
  verifyNumbers(options);
  if (options.requests === undefined && options.references === undefined) {
    refuse('requests and references', 'missing', 'at least one of them');
  }
}

function verifyMix(mix: GenerateOptions['mix']): void {
  const names = WORKLOADS.map(({ name }) => name);
  let total = 0;
  for (const [name, share] of Object.entries(mix)) {
    if (!names.includes(name)) refuse('mix', name, `shares of ${names.join(', ')}`);
    if (!(share >= 0 && share < Infinity)) refuse(`mix.${name}`, share, 'a share of at least 0');
    total += share;
  }
  if (total === 0) refuse('mix', 'empty', `at least one share above 0, of ${names.join(', ')}`);
}

function verifyNumbers(options: GenerateOptions): void {
  const { zipfExponent, requestsPerSecond, diurnalAmplitude } = options;
  verifyInteger('seed', options.seed, 0, 2 ** 32 - 1);
  verifyInteger('tenants', options.tenants, 1, 2 ** 20);
  verifyInteger('blockSize', options.blockSize, 1, 65_536);
  verifyInteger('requests', options.requests, 1, 2 ** 32 - 2);
  verifyInteger('references', options.references, 1, 2 ** 32 - 2);
  if (!(zipfExponent >= 0 && zipfExponent <= 10)) refuse('zipfExponent', zipfExponent, '0 to 10');
  if (!(requestsPerSecond > 0 && requestsPerSecond <= 1e6)) {
    refuse('requestsPerSecond', requestsPerSecond, 'above 0 and at most 1000000');
  }
  if (!(diurnalAmplitude >= 0 && diurnalAmplitude <= 1)) {
    refuse('diurnalAmplitude', diurnalAmplitude, '0 to 1');
  }
}

function verifyInteger(option: string, found: number | undefined, min: number, max: number): void {
  if (found === undefined || (Number.isInteger(found) && found >= min && found <= max)) return;
  refuse(option, found, `an integer from ${min} to ${max}`);
}

function refuse(option: string, found: unknown, accepted: string): never {
  throw generateError('generate.bad-option', { option, found, accepted });
}
