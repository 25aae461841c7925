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
}

/** Where the unbroken run of resident blocks of `[begin, end)` ends. */
export function residentPrefixEnd({ columns, set }: PolicyRun, begin: number, end: number): number {
  let at = begin;
  while (at < end && set.resident[columns.blocks[at]] === 1) at++;
  return at;
}
