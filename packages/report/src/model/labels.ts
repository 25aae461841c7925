import { formatCount } from '@wavetune/core';
import { isolated, visibleText } from '../visible-text.ts';

type Parameters = Readonly<Record<string, string | number | boolean>>;

/** A policy as a person names it: `lru-k (k 3)`. The parameters of a learned table and of the bound say nothing to a reader. */
export function policyLabel(policy: string, parameters: Parameters): string {
  const settings = Object.entries(parameters).filter(([name]) => name !== 'seed');
  if (WITHOUT_PARAMETERS.has(policy) || settings.length === 0) return policy;
  return `${policy} (${settings.map(([name, value]) => `${name} ${value}`).join(', ')})`;
}

const WITHOUT_PARAMETERS: ReadonlySet<string> = new Set(['learned', 'optimum']);

/** Names for the policies of a list: parameters only where they tell two of them apart. */
export function policyNames(
  list: readonly { readonly policy: string; readonly parameters: Parameters }[],
): (entry: { readonly policy: string; readonly parameters: Parameters }) => string {
  const labels = new Map<string, Set<string>>();
  for (const { policy, parameters } of list) {
    const known = labels.get(policy) ?? new Set<string>();
    labels.set(policy, known.add(policyLabel(policy, parameters)));
  }
  return ({ policy, parameters }) =>
    labels.get(policy)?.size === 1 ? policy : policyLabel(policy, parameters);
}

/** `12,031 requests`, `1 request`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Ids come from logs and may be of any length; what is left out is counted. */
export function shortId(id: string): string {
  const characters = [...visibleText(id)];
  if (characters.length <= ID_CHARACTERS) return characters.join('');
  const head = characters.slice(0, ID_CHARACTERS / 2).join('');
  const tail = characters.slice(-ID_CHARACTERS / 4).join('');
  return `${head}…${tail} (${formatCount(characters.length)} characters)`;
}

const ID_CHARACTERS = 96;

/** An id within a sentence. */
export function quotedId(id: string): string {
  return isolated(shortId(id));
}

/** A reason of a document as a sentence; names of policies and settings keep their case. */
export function asSentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
