import { z } from 'zod';

const outputSchema = z.strictObject({ path: z.string(), bytes: z.int(), sha256: z.string() });

const gateSchema = z.strictObject({
  name: z.string(),
  passed: z.boolean(),
  reason: z.string(),
});

const ledgerSchema = z.strictObject({
  name: z.string(),
  day: z.string().nullable(),
  digest: z.string(),
  run: z.string(),
});

/**
 * What a run was made from and what it left. The same logs, configuration and code give the same bytes: it holds no time
 * of day; those are in log.jsonl and metrics.prom beside it.
 */
const manifestSchema = z.strictObject({
  schema: z.literal('nightly-run/1'),
  run: z.string(),
  date: z.string().describe('The day of the run.'),
  tool: z.string(),
  config: z.string().describe('Digest of the configuration with its defaults.'),
  counting: z
    .string()
    .describe('How partitions are counted: another way counts all of them again.'),
  previous: z.string().nullable(),
  notes: z.array(z.string()).describe('What a reader must know, such as a late partition.'),
  put_off: z
    .array(z.string())
    .default([])
    .describe('Changes that stability put off, in words; policies.json has what stays in use.'),
  partitions: z.strictObject({
    fresh: z.array(z.string()),
    late: z.array(z.string()),
    corrected: z.array(z.string()),
    gone: z.array(z.string()),
  }),
  ledger: z.array(ledgerSchema).describe('Every partition that the statistics count.'),
  steps: z.array(
    z.strictObject({ step: z.string(), key: z.string(), outputs: z.array(outputSchema) }),
  ),
  state: z
    .array(z.string())
    .describe(
      'Files beside the outputs whose bytes an engine does not fix, though what they say is fixed.',
    ),
  gates: z.array(gateSchema),
});

export type Manifest = Readonly<z.infer<typeof manifestSchema>>;
export type GateResult = Readonly<z.infer<typeof gateSchema>>;

/** @throws Error with what is wrong, in a line. */
export function decodeManifest(text: string): Manifest {
  const parsed = manifestSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${issue.path.join('.') || 'its top'}: ${issue.message}`);
}
