import { looksLikeParquet, startColumnScan } from './column-scan.ts';
import { type EventScan, looksLikeEventLines, startEventScan } from './event-scan.ts';
import type { ScanRules } from './event-scanner.ts';

/**
 * Begins to sum a file that begins as JSON lines of prefix events do, or as Parquet does, on threads of its own, as many as it is
 * worth and one less than `threads`. @returns Undefined for other files.
 */
export function beginScan(path: string, rules: ScanRules, threads: number): EventScan | undefined {
  if (looksLikeEventLines(path)) return startEventScan(path, rules, threads);
  return looksLikeParquet(path) ? startColumnScan(path, rules, threads) : undefined;
}
