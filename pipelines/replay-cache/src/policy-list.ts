import {
  EVICTION_POLICIES,
  KNOWN_POLICIES,
  type ParameterValues,
  policyOf,
} from '@wavetune/cachesim';
import { LEARNED } from './learned.ts';

/** A policy as the command line names it. */
export interface NamedPolicy {
  readonly policy: string;
  readonly parameters: ParameterValues;
}

/** Policies that do nothing of their own without something that a trace does not hold. */
const NEEDS_PINS = ['pinned-lru'];
const NEEDS_PRIORITIES = ['sglang-priority'];

/**
 * Reads names with their parameters: `lru,lru-k:k=3,s3-fifo:smallRatio=0.2:promoteAt=1`, `all,learned`.
 *
 * `all` is every policy and the optimum, but those that need pins or priorities which nobody gave; `learned` is not in it.
 *
 * @throws WavetuneError `cachesim.unknown-policy`
 */
export function parsePolicies(text: string, hasPins: boolean): readonly NamedPolicy[] {
  return text.split(',').flatMap((part) => {
    const name = part.trim();
    if (name === LEARNED) return [{ policy: LEARNED, parameters: {} }];
    return name === 'all' ? allPolicies(hasPins) : [parsePolicy(name)];
  });
}

/** `lru-k k=3`: the name, and the parameters that are not the policy's own choice. */
export function labelOf({ policy, parameters }: NamedPolicy): string {
  const known = KNOWN_POLICIES.find(({ name }) => name === policy)?.parameters ?? [];
  const told = known
    .filter(({ name, initial }) => parameters[name] !== undefined && parameters[name] !== initial)
    .map(({ name }) => `${name}=${parameters[name]}`);
  return [policy, ...told].join(' ');
}

/** Place of a policy in the order of reports; the optimum is the last. */
export function rankOf(policy: string): number {
  const rank = EVICTION_POLICIES.findIndex(({ name }) => name === policy);
  return rank < 0 ? EVICTION_POLICIES.length : rank;
}

function allPolicies(hasPins: boolean): readonly NamedPolicy[] {
  const idle = hasPins ? NEEDS_PRIORITIES : [...NEEDS_PRIORITIES, ...NEEDS_PINS];
  return KNOWN_POLICIES.filter(({ name }) => !idle.includes(name)).map(({ name }) => ({
    policy: name,
    parameters: {},
  }));
}

function parsePolicy(text: string): NamedPolicy {
  const [name, ...settings] = text.split(':');
  const policy = policyOf(name).name;
  const parameters = Object.fromEntries(
    settings.map((setting) => {
      const [parameter, ...rest] = setting.split('=');
      const value = rest.join('=');
      return [parameter, isNumber(value) ? Number(value) : value];
    }),
  );
  return { policy, parameters };
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text));
}
