import { z } from 'zod';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';

/** Which simulation a finding is of. */
const simulation = { policy: z.string(), capacityBlocks: positiveCount };

export const ttlCurveSchema = z
  .strictObject({ ttlSeconds: z.array(amount), hitTokens: z.array(count) })
  .refine((curve) => curve.ttlSeconds.length === curve.hitTokens.length, {
    error: 'ttlSeconds and hitTokens must be of one length',
    path: ['hitTokens'],
  })
  .describe('A cache that forgets what was not used for so long and has room for the rest.');

export const splitSchema = z
  .strictObject({
    by: z.enum(['tenants', 'replicas']),
    caches: positiveCount,
    routing: z.enum(['round-robin', 'session-sticky', 'prefix-aware']).nullable(),
  })
  .describe('The capacity is shared out equally among so many caches.');

export const shardsSchema = z
  .strictObject({
    by: z.enum(['tenant', 'model', 'hash']),
    depth: positiveCount
      .nullable()
      .describe('By hash: chains go by the block at this depth, shorter ones by their last.'),
    dealtInto: positiveCount
      .nullable()
      .describe('By hash: so many parts, of which `count` at most were replayed and counted.'),
    count: positiveCount.describe('Caches that share nothing.'),
    largest: count.describe('Block references of the largest.'),
    untaught: count.describe('Shards where a policy that learns had nothing to learn from: LRU.'),
  })
  .describe(
    'Sums over shards: each measured on the last part of its own requests; a share as capacity is of its own blocks.',
  );

const reasons = ['cold', 'diverged', 'elsewhere', 'expired', 'evicted'] as const;

export const missSchema = z
  .strictObject({
    ...simulation,
    blocks: z.strictObject(
      Object.fromEntries(reasons.map((reason) => [reason, count])) as Record<
        (typeof reasons)[number],
        typeof count
      >,
    ),
    missedBlocks: count,
    divergences: z
      .array(z.strictObject({ block: z.string(), requests: count, missedBlocks: count }))
      .describe('The last known blocks after which most was missed.'),
  })
  .refine(
    ({ blocks, missedBlocks }) =>
      reasons.reduce((sum, reason) => sum + blocks[reason], 0) === missedBlocks,
    { error: 'the reasons must sum to missedBlocks', path: ['missedBlocks'] },
  )
  .describe('Why blocks of the measured window were missed; each has one reason.');

const tokens = z.int().describe('Negative where the split helps.');

export const lossSchema = z
  .strictObject({
    ...simulation,
    inputTokens: count,
    workload: count.describe('Never seen before.'),
    capacity: count.describe('Lost by the optimum for lack of room.'),
    eviction: tokens.describe('Lost by the policy beside that.'),
    isolation: tokens.describe('Lost by a cache for each tenant beside that.'),
    routing: z
      .record(z.string(), tokens)
      .describe('Lost by a cache for each replica beside that, by routing.'),
    replicas: positiveCount,
    hitTokens: count,
  })
  .refine(
    (loss) => loss.workload + loss.capacity + loss.eviction + loss.hitTokens === loss.inputTokens,
    { error: 'losses and hits must sum to inputTokens', path: ['inputTokens'] },
  )
  .describe('Prompt tokens of the measured window, each counted where it was lost.');

export const tenantSchema = z.strictObject({
  ...simulation,
  tenant: z.string(),
  requests: count,
  inputTokens: count,
  hitTokens: count,
  hitRatio: ratio.nullable(),
});

export const tiersSchema = z
  .strictObject({
    holding: z.enum(['exclusive', 'inclusive']),
    tiers: z.array(
      z.strictObject({
        name: z.string(),
        capacityBlocks: positiveCount,
        capacityBytes: positiveCount,
        hitBlocks: count,
        hitTokens: count,
        loadedBytes: amount,
        writtenBytes: amount,
        loadSeconds: amount,
        payingBlocks: count
          .nullable()
          .describe('Past it the next GiB saves less than was asked; null for inclusive tiers.'),
      }),
    ),
    hitTokens: count,
    missedTokens: count,
    savedSeconds: z.number().describe('Prefill that hits spare, less the time to load them.'),
    prefillSeconds: amount.describe('Modelled, of what was missed.'),
  })
  .describe('LRU over tiers of memory.');
