import { numberOf, type ParameterValues } from '../policies/policy.ts';
import type { S3Arguments } from './compiled-module.ts';

/** What the sizes of a policy's queues follow from. */
export interface Sizes {
  readonly distinctBlocks: number;
  readonly capacityBlocks: number;
  readonly parameters: ParameterValues;
}

/** Blocks that are the share of the cache which parameter `ratio` names. */
export function shareOf({ capacityBlocks, parameters }: Sizes, ratio: string): number {
  return Math.floor(capacityBlocks * numberOf(parameters, ratio));
}

/** SLRU's segments: never more than blocks. */
export function segmentsOf({ capacityBlocks, parameters }: Sizes): number {
  return Math.min(numberOf(parameters, 'segments'), capacityBlocks);
}

export function s3Arguments(sizes: Sizes): S3Arguments {
  const { distinctBlocks, capacityBlocks, parameters } = sizes;
  return [
    distinctBlocks,
    capacityBlocks,
    Math.max(1, shareOf(sizes, 'smallRatio')),
    shareOf(sizes, 'ghostRatio'),
    numberOf(parameters, 'promoteAt'),
    parameters.form === '2025' ? 1 : 0,
  ];
}
