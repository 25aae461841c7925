import { readHead } from '@wavetune/engine';
import {
  type DatajaxTrace,
  decodeDatajaxTrace,
  decodePlan,
  type Plan,
  planFormatOf,
} from '@wavetune/ir';
import { planInputError } from './plan-input-errors.ts';

/** A plan as a file holds it, its tables still unbound. */
export type PlanFile =
  | { readonly format: 'ir/1'; readonly plan: Plan }
  | { readonly format: 'datajax'; readonly trace: DatajaxTrace };

const HEAD_BYTES = 4096;
/** More is no plan: nesting is bounded, and a plan names its files instead of holding their rows. Chosen. */
const PLAN_BYTES = 2 ** 26;
const BYTE_ORDER_MARK_BYTES = 3;

/** True where the file begins as a plan does, whichever it is; false for a trace of requests. */
export async function isPlanFile(path: string): Promise<boolean> {
  return planFormatOf(await readHead(path, HEAD_BYTES)) !== undefined;
}

/**
 * The plan of a file (plain, .gz, .zst), told by its content.
 *
 * @throws WavetuneError `engine.cannot-read`, `plan-input.not-a-plan`, `plan-input.too-large`, and `ir.*` with the place in the JSON.
 */
export async function readPlanFile(path: string): Promise<PlanFile> {
  const text = await readHead(path, PLAN_BYTES + BYTE_ORDER_MARK_BYTES + 1);
  if (Buffer.byteLength(text) > PLAN_BYTES) {
    throw planInputError('plan-input.too-large', { file: path, limitBytes: PLAN_BYTES });
  }
  switch (planFormatOf(text)) {
    case 'ir':
      return { format: 'ir/1', plan: decodePlan(text) };
    case 'datajax':
      return { format: 'datajax', trace: decodeDatajaxTrace(text) };
    default:
      throw planInputError('plan-input.not-a-plan', { file: path });
  }
}
