import { z } from 'zod';

/**
 * What a batch job says of its run. Every field may be missing, and what else stands in the file is the job's own matter.
 */
const manifestSchema = z.looseObject({
  date: z.string().optional().describe('The day that the run is about.'),
  title: z.string().optional().describe('What was measured, for the head of the page.'),
  notes: z
    .array(z.string())
    .optional()
    .describe('What a reader must know, such as a late partition.'),
  put_off: z
    .array(z.string())
    .optional()
    .describe('Changes that were put off: what stays in use has the figures of an earlier run.'),
  gates: z
    .array(z.looseObject({ name: z.string(), passed: z.boolean(), reason: z.string() }))
    .optional()
    .describe('Checks before publishing, and what they said.'),
});

export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

/** @returns The manifest, or what is wrong with it in words. */
export function parseManifest(text: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return `$${issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')}: ${issue.message}`;
}
