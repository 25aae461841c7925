import { agentLabelOf, labelOf } from './owner-key.ts';
import type { SettledOptions } from './prompt.ts';
import { registryError } from './registry-errors.ts';
import type { Held, Store } from './store.ts';
import type { Admission, OwnerRef, RegistryIndex, RegistryObserver } from './types.ts';

/** All that a registry holds. */
export interface RegistryState {
  readonly options: SettledOptions;
  store: Store;
  /** By label, in order of registration. */
  readonly held: Map<string, Held>;
  /** Labels of an agent's entries by the agent's. */
  readonly agents: Map<string, Set<string>>;
  readonly counts: { tokens: number; blockReferences: number };
  readonly indexes: RegistryIndex[];
  readonly observers: Set<RegistryObserver>;
  admission: Admission | undefined;
  /** Set once: from then on the registry only answers. */
  indexFailure: Error | undefined;
  generation: number;
}

/** What the question names, in order of registration. @throws WavetuneError `registry.unknown-owner`. */
export function findHeld(state: RegistryState, ref: OwnerRef): readonly Held[] {
  const { context } = ref;
  const label = context === undefined ? agentLabelOf(ref) : labelOf({ ...ref, context });
  const labels = context === undefined ? (state.agents.get(label) ?? []) : [label];
  const found = [...labels].flatMap((one) => state.held.get(one) ?? []);
  if (found.length === 0) {
    throw registryError('registry.unknown-owner', { label, known: state.held.size });
  }
  return found;
}

/** Tells every observer every event in order; what one throws keeps nobody else from hearing. */
export function tellObservers(
  { observers, options }: RegistryState,
  events: readonly ((observer: RegistryObserver) => void)[],
): void {
  for (const observer of observers) {
    for (const tell of events) {
      try {
        tell(observer);
      } catch (failure) {
        options.onObserverFailure(failure);
      }
    }
  }
}
