import { hostname } from 'node:os';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import { systemClock } from '@wavetune/core';
import { DEFAULT_TRANSPORT, openTransport, type PlanTransport } from '@wavetune/policy-engine';

/** Which way plans go. */
export const TRANSPORT_OPTIONS = {
  plans: {
    type: 'string',
    demandOption: true,
    describe: 'redis-stream://host:port/db/stream or kafka://host:port/topic',
  },
} as const satisfies OptionTable;

/** What plans are taken by; executors of one group share them. */
export const CONSUMER_OPTIONS = {
  group: {
    type: 'string',
    default: DEFAULT_TRANSPORT.group,
    describe: 'Executors of one group share the plans; each group gets all of them',
  },
  'take-over': {
    type: 'number',
    default: DEFAULT_TRANSPORT.takeOverMillis / 1000,
    describe: 'Seconds after which a plan that another executor did not finish is taken over',
  },
} as const satisfies OptionTable;

export function openPlans(
  { plans }: OptionsOf<typeof TRANSPORT_OPTIONS>,
  { group, 'take-over': takeOver }: Partial<OptionsOf<typeof CONSUMER_OPTIONS>> = {},
): Promise<PlanTransport> {
  return openTransport(plans, {
    group: group ?? DEFAULT_TRANSPORT.group,
    consumer: `${hostname()}-${process.pid}`,
    takeOverMillis: takeOver === undefined ? DEFAULT_TRANSPORT.takeOverMillis : 1000 * takeOver,
    clock: systemClock,
  });
}
