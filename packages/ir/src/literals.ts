import { irError } from './ir-errors.ts';
import type { Literal } from './nodes.ts';
import type { ScalarType, Type } from './types.ts';

const INTEGER = /^(0|-?[1-9]\d*)$/;
const DECIMAL = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const SPECIAL: ReadonlySet<string> = new Set(['NaN', 'Infinity', '-Infinity']);

/**
 * Refuses what is not written as its type demands: decimal text within range for numbers, well-formed text, booleans.
 *
 * @throws WavetuneError `ir.bad-literal`
 */
export function checkLiteral(value: Literal, type: Type, path: string): void {
  if (value === null || isLiteralOf(value, type)) return;
  throw irError('ir.bad-literal', { path, found: JSON.stringify(value), accepted: type.kind });
}

function isLiteralOf(value: string | boolean, type: Type): boolean {
  if (type.kind === 'bool') return typeof value === 'boolean';
  if (typeof value !== 'string') return false;
  switch (type.kind) {
    case 'text':
      return value.isWellFormed();
    case 'f64':
      return SPECIAL.has(value) || (DECIMAL.test(value) && Number.isFinite(Number(value)));
    case 'i64':
      return INTEGER.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value);
    case 'u64':
      return INTEGER.test(value) && BigInt.asUintN(64, BigInt(value)) === BigInt(value);
    default:
      return false;
  }
}

/** A JavaScript value as a literal of `type`; what does not fit is found by `verifyPlan`. */
export function toLiteral(
  value: string | number | bigint | boolean | null,
  type: ScalarType,
): Literal {
  if (value === null || typeof value === 'boolean') return value;
  if (Object.is(value, -0) && type.kind === 'f64') return '-0';
  return String(value);
}
