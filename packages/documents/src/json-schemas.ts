import { canonicalJson } from '@wavetune/core';
import { z } from 'zod';
import { cacheComparisonSchema } from './cache-comparison/cache-comparison.ts';
import { cachePlanSchema } from './cache-plan/cache-plan.ts';
import { cacheReplaySchema } from './cache-replay/cache-replay.ts';
import { planMetricsSchema } from './plan-metrics/plan-metrics.ts';
import { policiesSchema } from './policies/policies.ts';
import { datajaxWaveSpecSchema, waveSpecSchema } from './wavespec/wave-spec.ts';

/** A committed JSON Schema: the file's name under `schemas/`, and its text. */
export interface JsonSchemaFile {
  readonly file: string;
  readonly text: string;
}

/** Every document's JSON Schema (draft 2020-12). What needs two fields to check is stated in the package's README only. */
export function jsonSchemaFiles(): readonly JsonSchemaFile[] {
  return [
    toFile('wavespec', 'wavespec/1', z.union([waveSpecSchema, datajaxWaveSpecSchema])),
    toFile('cache-replay', 'cache-replay/1', cacheReplaySchema),
    toFile('cache-comparison', 'cache-comparison/1', cacheComparisonSchema),
    toFile('cache-plan', 'cache-plan/1', cachePlanSchema),
    toFile('plan-metrics', 'plan-metrics/1', planMetricsSchema),
    toFile('policies', 'policies/1', policiesSchema),
  ];
}

function toFile(family: string, title: string, schema: z.ZodType): JsonSchemaFile {
  const jsonSchema = {
    title,
    ...z.toJSONSchema(schema, { unrepresentable: 'any', override: writeBigintAsInteger }),
  };
  return { file: `${family}.schema.json`, text: canonicalJson(jsonSchema, 2) };
}

/** JSON knows one kind of whole number. */
function writeBigintAsInteger(context: {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  if (context.zodSchema._zod.def.type !== 'bigint') return;
  context.jsonSchema.type = 'integer';
  context.jsonSchema.minimum = 0;
}
