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

/** Undefined for a ratio of nothing, or of what is no number: it would hold the mode for ever. */
export function pressureOf({ usedBytes, totalBytes }: PressureReading): number | undefined {
  const pressure = usedBytes / totalBytes;
  return totalBytes > 0 && Number.isFinite(pressure) ? pressure : undefined;
}
