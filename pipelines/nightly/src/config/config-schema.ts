import { parseSize } from '@wavetune/core';
import { z } from 'zod';

const ratio = z.number().min(0).max(1);
const whole = z.int().min(1);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const size = z.string().refine(isSize, { error: 'accepted is a size such as 40GiB' });
const duration = z
  .string()
  .regex(/^(?=.*[1-9])\d+(\.\d+)?(s|m|h|d)$/, {
    error: 'accepted is a duration such as 90m, 24h or 7d',
  })
  .transform(durationMillis);

/**
 * `nightly.yaml`. Every key has a default but `logs.files`; paths are relative to the file's own folder.
 *
 * An option table is passed to the command of its step as it is: `{block-size: 16}` becomes `--block-size 16`.
 */
export const configSchema = z.strictObject({
  runs: z.string().default('runs'),
  logs: z.strictObject({
    files: z.union([z.string().transform((file) => [file]), z.array(z.string()).min(1)]),
    options: z
      .record(z.string(), scalar)
      .refine((options) => !('engine' in options), {
        error:
          'no engine goes here: a partition is known by its digest, so logs are files of this machine',
      })
      .default({}),
  }),
  model: z.string().optional(),
  memory: size.optional(),
  device: z.string().optional(),
  window_nights: whole.default(1),
  statistics: z
    .strictObject({
      horizon_nights: whole.default(30),
      least_count: whole.default(2),
      half_life: duration.prefault('24h'),
    })
    .prefault({}),
  index: z
    .union([
      z.literal(false),
      z.strictObject({
        half_life: z.string().default('24h'),
        weight: z.enum(['bytes', 'requests', 'tokens', 'prefill']).default('requests'),
        top_k: whole.default(100),
      }),
    ])
    .prefault({}),
  wavespec: z.strictObject({ options: z.record(z.string(), scalar).default({}) }).prefault({}),
  replay: z
    .strictObject({
      policies: z
        .array(z.string())
        .min(1)
        .default(['fifo', 'lru', 'sieve', 's3-fifo', 'slru', 'arc', 'gdsf', 'optimum']),
      capacities: z.array(z.string()).min(1).default(['1%', '5%', '10%', '25%', '50%']),
      measure_from: ratio.default(0.5),
      why: z
        .union([z.literal(false), z.string()])
        .optional()
        .describe(
          'The one of the capacities whose misses are explained; a night has no time for all.',
        ),
      tiers: z.string().optional(),
      options: z.record(z.string(), scalar).default({}),
    })
    .prefault({}),
  policies: z
    .strictObject({
      capacity: z.string().default('10%'),
      compared_references: whole.default(2_000_000),
      engines: z.array(z.string()).default([]),
      options: z.record(z.string(), scalar).default({}),
    })
    .prefault({}),
  gates: z
    .strictObject({
      nights: whole.default(14),
      least_nights: whole.default(3),
      deviations: z.number().positive().default(6),
      rows_tolerance: ratio.default(0.25),
      ratio_tolerance: ratio.default(0.05),
      most_bad: ratio.default(0.01),
      most_conflicts: ratio.default(0.001),
      most_out_of_day: ratio.default(0.01),
    })
    .prefault({}),
  stability: z
    .strictObject({
      margin: ratio.default(0.005),
      large: ratio.default(0.03),
      nights: whole.default(3),
    })
    .prefault({}),
  retention: z.strictObject({ runs: whole.default(60), nights: whole.default(90) }).prefault({}),
  parallel: whole.default(2),
  threads: whole.optional(),
  engine_memory: size.default('1GiB'),
  textfile: z.string().optional(),
});

/** The configuration with its defaults filled in. */
export type Config = z.infer<typeof configSchema>;

function isSize(text: string): boolean {
  try {
    parseSize(text);
    return true;
  } catch {
    return false;
  }
}

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function durationMillis(text: string): number {
  return Number.parseFloat(text) * UNIT_MILLIS[text.at(-1)!];
}
