/** How full some memory is. */
export interface PressureReading {
  readonly usedBytes: number;
  readonly totalBytes: number;
}

/** Where the pressure is read. */
export interface PressureSource {
  readonly name: string;
  /**
   * @throws WavetuneError `memory.no-pressure` where it cannot be read now.
   */
  readonly read: () => Promise<PressureReading>;
}

/** A ratio of nothing is nothing. */
export function pressureOf({ usedBytes, totalBytes }: PressureReading): number | undefined {
  return totalBytes > 0 ? usedBytes / totalBytes : undefined;
}
