import { registryError } from './registry-errors.ts';
import type { OwnerKey, OwnerRef, Scope } from './types.ts';

const MAX_FIELD_CHARACTERS = 512;

/**
 * The key as canonical text: fields as JSON, so that no field's content can imitate another's.
 *
 * @throws WavetuneError `registry.bad-key`.
 */
export function labelOf(key: OwnerKey): string {
  return JSON.stringify([...agentFields(key), checkedField('context', key.context)]);
}

/** The agent of a key or question as canonical text. */
export function agentLabelOf(ref: OwnerRef): string {
  return JSON.stringify(agentFields(ref));
}

/** Equal for scopes that share blocks. */
export function scopeLabelOf(scope: Scope): string {
  return JSON.stringify([scope.lora ?? null, scope.cacheSalt || null]);
}

function agentFields(ref: OwnerRef): readonly (string | null)[] {
  const tenant = ref.tenant === undefined ? null : checkedField('tenant', ref.tenant);
  return [tenant, checkedField('agent', ref.agent)];
}

function checkedField(field: string, found: unknown): string {
  if (
    typeof found !== 'string' ||
    found.length === 0 ||
    found.length > MAX_FIELD_CHARACTERS ||
    !found.isWellFormed()
  ) {
    throw registryError('registry.bad-key', { field, found });
  }
  return found;
}
