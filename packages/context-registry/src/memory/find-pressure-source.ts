import { totalmem } from 'node:os';
import { cgroupSource, LINUX_CGROUP } from './cgroup.ts';
import { nvidiaSmiSource } from './nvidia-smi.ts';
import type { PressureSource } from './pressure-source.ts';

/** Resident memory of this process against the machine's. */
const PROCESS_SOURCE: PressureSource = {
  name: 'process',
  read: async () => ({ usedBytes: process.memoryUsage.rss(), totalBytes: totalmem() }),
};

/** Every source of this machine, the one nearest to KV memory first. */
export const PRESSURE_SOURCES: readonly PressureSource[] = [
  nvidiaSmiSource('nvidia-smi'),
  cgroupSource(LINUX_CGROUP),
  PROCESS_SOURCE,
];

/** The first source that can be read here. */
export async function findPressureSource(
  sources: readonly PressureSource[],
): Promise<PressureSource | undefined> {
  for (const source of sources) {
    const reading = await source.read().catch(() => undefined);
    if (reading !== undefined) return source;
  }
  return undefined;
}
