import type { TraceColumns } from '@wavetune/core';
import type { EvictionPolicy, PolicySpec } from '../policies/policy.ts';
import type { ResidentSet } from './resident-set.ts';

/** A policy in its place, and the part of the trace that is measured. */
export interface PolicyRun {
  readonly columns: TraceColumns;
  readonly spec: PolicySpec;
  readonly policy: EvictionPolicy;
  readonly set: ResidentSet;
  /** First request that is counted. */
  readonly measureFrom: number;
  readonly observe?: RequestObserver | undefined;
}

/** Told the hit blocks of every request, also of those before the measured window. */
export type RequestObserver = (request: number, hitBlocks: number) => void;

/** Where the unbroken run of resident blocks of `[begin, end)` ends. */
export function residentPrefixEnd({ columns, set }: PolicyRun, begin: number, end: number): number {
  let at = begin;
  while (at < end && set.resident[columns.blocks[at]] === 1) at++;
  return at;
}
