import { canonicalJson } from '@wavetune/core';
import { z } from 'zod';
import { irError } from './ir-errors.ts';
import { jsonPath } from './json-path.ts';
import { checkNesting } from './nesting.ts';
import type { Plan } from './nodes.ts';
import { verifyPlan } from './schema.ts';
import { planShape } from './shapes.ts';

/** The version of plan documents that this package writes, and the only one that it reads. */
export const PLAN_SCHEMA = 'ir/1';

/** A plan as a JSON document: `{"plan": …, "schema": "ir/1"}`; equal plans give equal text. */
export function encodePlan(plan: Plan): string {
  return canonicalJson({ schema: PLAN_SCHEMA, plan: verifyPlan(plan) });
}

/**
 * The plan of a document, checked in its shape and verified; `decodePlan(encodePlan(p))` equals `p`.
 *
 * @throws WavetuneError `ir.bad-document`, `ir.unknown-version`, `ir.too-deep`, and as `verifyPlan`.
 */
export function decodePlan(text: string): Plan {
  const document = parseText(text);
  checkNesting(document);
  const envelope = checked(
    z.strictObject({ schema: z.string(), plan: z.unknown() }),
    document,
    '$',
  );
  if (envelope.schema !== PLAN_SCHEMA) {
    const found = JSON.stringify(envelope.schema);
    throw irError('ir.unknown-version', { found, accepted: [PLAN_SCHEMA] });
  }
  return verifyPlan(checked(planShape, envelope.plan, '$.plan'));
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw irError('ir.bad-document', { path: '$', reason }, { cause: error });
  }
}

function checked<T>(shape: z.ZodType<T>, value: unknown, root: string): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  throw irError('ir.bad-document', { path: jsonPath(root, path), reason: message });
}
