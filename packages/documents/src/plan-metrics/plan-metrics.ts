import { z } from 'zod';
import { decodeDocument, encodeDocument } from '../document-codec.ts';
import { amount, count, positiveCount, ratio } from '../number-schemas.ts';
import type { ReadonlyDeep } from '../readonly-deep.ts';
import { figureSchema, qErrorSchema } from './figure-schema.ts';

const NAME = 'plan-metrics/1';

const kindSchema = z.enum([
  'scan',
  'filter',
  'project',
  'extend',
  'unnest',
  'join',
  'aggregate',
  'window',
  'sort',
  'limit',
  'union',
  'repartition',
]);

const nodeSchema = z.strictObject({
  path: z.string().describe('"$" is the plan itself, "$.left.input" stands below it.'),
  kind: kindSchema,
  digest: z
    .string()
    .describe('Names what is asked and not of which files: equal for the same plan over others.'),
  inputs: z.array(z.string()).describe('Paths.'),
  moves: z.array(z.string()).describe('The inputs whose rows change workers for it.'),
  rows: figureSchema,
  rowBytes: figureSchema,
  bytes: figureSchema,
  copies: z.literal(true).optional().describe('What moves goes to every worker.'),
  shuffleBytes: figureSchema.describe(
    '(w − 1) / w of the bytes of what moves, w − 1 times all of them where it copies.',
  ),
  columns: z.array(
    z.strictObject({ name: z.string(), bytes: amount.describe('Of a value, on average.') }),
  ),
  reads: z.array(z.string()).describe('Columns of its inputs that its own expressions read.'),
  seconds: amount.optional().describe("Of the engine's threads together, by itself."),
  qError: qErrorSchema.optional(),
});

const runSchema = z
  .strictObject({ seconds: amount, peakMemoryBytes: amount, spilledBytes: amount })
  .describe('As one query, as it runs without measuring.');

const sampleSchema = z
  .strictObject({
    rows: positiveCount,
    ofRows: positiveCount,
    parts: positiveCount.describe('Stretches of rows that were drawn.'),
    confidence: ratio.describe('Of the bounds.'),
    seed: count,
  })
  .refine(({ rows, ofRows }) => rows <= ofRows, {
    error: 'a sample is no larger than what it is of',
    path: ['rows'],
  });

const fieldsSchema = z.strictObject({
  schema: z.literal(NAME),
  meta: z.strictObject({
    generator: z.string(),
    inputs: z.array(z.strictObject({ path: z.string(), bytes: count })),
  }),
  worldSize: positiveCount,
  counts: z.partialRecord(kindSchema, positiveCount).describe('Nodes by kind.'),
  nodes: z.array(nodeSchema).min(1).describe('Inputs before what reads them, the plan last.'),
  inputRows: figureSchema,
  inputBytes: figureSchema,
  shuffleBytes: figureSchema,
  columnUsage: z
    .record(z.string(), positiveCount)
    .describe('In how many nodes a column of this name is read.'),
  reuse: figureSchema
    .optional()
    .describe('Largest share of a column in all uses; absent without uses.'),
  occupancy: figureSchema.optional().describe('Only a counter tells it.'),
  packOrder: z.array(z.string()).describe('Columns by use.'),
  run: runSchema.optional(),
  sample: sampleSchema.optional(),
  qError: qErrorSchema.optional().describe('Medians over the nodes.'),
  notes: z.array(z.string()),
});

/** What a plan costs, figure by figure with where it comes from. */
export const planMetricsSchema = fieldsSchema.superRefine((metrics, context) => {
  for (const { path, message } of problemsOf(metrics)) {
    context.addIssue({ code: 'custom', path: [...path], message });
  }
});

interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Laws between fields: inputs stand before, the plan last; kinds are counted; one worker shuffles nothing. */
function* problemsOf(metrics: z.infer<typeof fieldsSchema>): Generator<Problem> {
  const { nodes, counts, worldSize, shuffleBytes, packOrder, columnUsage } = metrics;
  const seen = new Set<string>();
  const kinds = new Map<string, number>();
  for (const [i, { path, kind, inputs, moves }] of nodes.entries()) {
    const unknown = inputs.find((input) => !seen.has(input));
    if (unknown !== undefined) {
      yield { path: ['nodes', i, 'inputs'], message: `${unknown} does not stand before it` };
    }
    if (moves.some((move) => !inputs.includes(move))) {
      yield { path: ['nodes', i, 'moves'], message: 'only an input can move' };
    }
    if (seen.has(path)) yield { path: ['nodes', i, 'path'], message: `${path} stands twice` };
    seen.add(path);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  if (nodes.at(-1)?.path !== '$') yield { path: ['nodes'], message: 'the plan, $, must be last' };
  const isCounted = [...kinds].every(([kind, n]) => counts[kind as keyof typeof counts] === n);
  if (!isCounted || Object.keys(counts).length !== kinds.size) {
    yield { path: ['counts'], message: 'must count the nodes' };
  }
  if (worldSize === 1 && shuffleBytes.provenance !== 'counter' && shuffleBytes.value > 0) {
    yield { path: ['shuffleBytes'], message: 'one worker shuffles nothing' };
  }
  if (packOrder.length !== new Set(packOrder).size || packOrder.some((c) => !(c in columnUsage))) {
    yield { path: ['packOrder'], message: 'must hold used columns, each once' };
  }
}

export type PlanMetricsDocument = ReadonlyDeep<z.infer<typeof planMetricsSchema>>;

/** Canonical bytes, in parts; the document is checked first. @throws WavetuneError `documents.invalid`. */
export function encodePlanMetrics(metrics: PlanMetricsDocument): Iterable<string> {
  return encodeDocument(metrics, NAME, planMetricsSchema);
}

/** @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`. */
export function decodePlanMetrics(text: string): PlanMetricsDocument {
  return decodeDocument(text, 'plan-metrics', { [NAME]: () => planMetricsSchema });
}
