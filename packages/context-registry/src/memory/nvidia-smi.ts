import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { memoryError } from './memory-errors.ts';
import type { PressureReading, PressureSource } from './pressure-source.ts';

const run = promisify(execFile);

const QUERY = ['--query-gpu=memory.used,memory.total', '--format=csv,noheader,nounits'];
const TIMEOUT_MILLIS = 5000;
const MEBIBYTE = 2 ** 20;

/**
 * The fullest of the machine's NVIDIA devices, as `nvidia-smi` prints it. An engine that takes its share of a device when
 * it starts shows that share as used, full or empty: there, inject what the engine says of itself.
 *
 * @param command - Of `nvidia-smi`; a stand-in in tests.
 */
export function nvidiaSmiSource(command: string): PressureSource {
  return {
    name: 'nvidia-smi',
    read: async () => {
      try {
        const { stdout } = await run(command, QUERY, { timeout: TIMEOUT_MILLIS });
        return fullestOf(stdout);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
        throw memoryError('memory.no-pressure', { source: 'nvidia-smi', reason }, { cause });
      }
    },
  };
}

/** A line a device, `used, total` in MiB; `[N/A]` where a device has no memory of its own. */
function fullestOf(table: string): PressureReading {
  const readings = table
    .trim()
    .split('\n')
    .map((line) => line.split(',').map((cell) => Number(cell.trim()) * MEBIBYTE))
    .filter(([used, total]) => Number.isFinite(used) && total > 0)
    .map(([usedBytes, totalBytes]) => ({ usedBytes, totalBytes }));
  if (readings.length === 0) throw new Error('it lists no device with memory');
  return readings.reduce((most, reading) =>
    reading.usedBytes / reading.totalBytes > most.usedBytes / most.totalBytes ? reading : most,
  );
}
