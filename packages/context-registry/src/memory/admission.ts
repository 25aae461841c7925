import type { Registry } from '../registry/registry.ts';
import type { Admission, Entry, RegistryChange } from '../registry/types.ts';
import { memoryError } from './memory-errors.ts';
import type { Mode } from './pressure-mode.ts';
import type { Room } from './room.ts';
import { bySizeOverUse, type Candidate, isDue, leastToReach } from './victims.ts';

export interface AdmissionParts {
  readonly registry: Registry;
  readonly mostBlocks: number;
  readonly room: Room;
  readonly mode: () => Mode;
  readonly pressure: () => number;
  readonly candidates: () => readonly Candidate[];
  readonly onRefusal: () => void;
  readonly onEviction: (entry: Entry) => void;
}

/**
 * Admits what fits into the budget, after evicting what is worth least; never a part of what is coming. What the workflow
 * needs next leaves only where the budget itself needs its place.
 *
 * A registration is refused by `memory.too-large` where it would not fit alone, and by `memory.emergency` in an emergency,
 * unless it replaces contexts and takes no more than they did.
 */
export function createAdmission(parts: AdmissionParts): Admission {
  // An index may still refuse the transaction: what leaves is counted when that has come which it leaves for.
  let coming: Entry | undefined;
  let leaving: readonly Entry[] = [];
  parts.registry.observe({
    added: (entry) => {
      if (entry === coming) leaving.forEach(parts.onEviction);
    },
  });
  return {
    makeRoom: (change, residentBlocksAfter) => {
      const wanted = residentBlocksAfter([]);
      if (parts.mode() === 'emergency' && isGrowth(parts.registry, change, wanted)) {
        parts.onRefusal();
        const [{ label }] = change.added;
        throw memoryError('memory.emergency', { label, pressure: parts.pressure() });
      }
      coming = undefined;
      if (wanted <= parts.room.fullBlocks) return [];
      leaving = victimsFor(parts, change, residentBlocksAfter);
      [coming] = change.added;
      return leaving;
    },
  };
}

function isGrowth(registry: Registry, { added }: RegistryChange, wantedBlocks: number): boolean {
  if (added.length === 0) return false;
  const isNew = added.some(({ key }) => registry.get(key) === undefined);
  return isNew || wantedBlocks > registry.stats().distinctBlocks;
}

function victimsFor(
  { registry, mostBlocks, room, candidates, onRefusal }: AdmissionParts,
  { added, removed }: RegistryChange,
  residentBlocksAfter: (evicted: readonly Entry[]) => number,
): readonly Entry[] {
  const leaving = new Set(removed);
  const others = candidates().filter(({ entry }) => !leaving.has(entry));
  const blocksWithout = (gone: readonly Candidate[]): number =>
    residentBlocksAfter(gone.map(({ entry }) => entry));
  const alone = blocksWithout(others);
  if (alone > mostBlocks) {
    onRefusal();
    const { blockSize, model } = registry.options;
    const blockBytes = blockSize * model.bytesPerToken;
    throw memoryError('memory.too-large', {
      label: added[0].label,
      contexts: added.length,
      sizeBytes: alone * blockBytes,
      budgetBytes: mostBlocks * blockBytes,
    });
  }
  const ordered = bySizeOverUse(others, ({ entry }) => registry.exclusiveBlocksOf(entry));
  const spare = ordered.filter((candidate) => !isDue(candidate));
  const ahead = leastToReach(spare, room.targetBlocks, blocksWithout);
  const isRoom = blocksWithout(ahead) <= room.fullBlocks;
  const victims = isRoom ? ahead : leastToReach(ordered, mostBlocks, blocksWithout);
  return victims.map(({ entry }) => entry);
}
