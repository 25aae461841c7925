import { BOOL, F64, I64, listOf, TEXT, type Type, U64 } from '@wavetune/ir';

/** A type of ClickHouse's as the type of the plan that holds its values; all others are read as text. */
export function planType(native: string): Type {
  const inner = /^(?:Nullable|LowCardinality)\((.*)\)$/.exec(native)?.[1];
  if (inner !== undefined) return planType(inner);
  const item = /^Array\((.*)\)$/.exec(native)?.[1];
  if (item !== undefined) return listOf(planType(item));
  if (native === 'Bool') return BOOL;
  if (/^Int(8|16|32|64)$/.test(native)) return I64;
  if (/^UInt(8|16|32|64)$/.test(native)) return U64;
  return /^(Float|BFloat|Decimal)/.test(native) ? F64 : TEXT;
}
