import type { FileColumn } from '@wavetune/engine';
import { BOOL, F64, I64, listOf, TEXT, type Type, U64 } from '@wavetune/ir';
import { type DataType, DataType as is, tableFromIPC } from 'apache-arrow';

/** The columns of an Arrow stream as the plan's language types them. */
export function arrowColumns(data: Uint8Array): readonly FileColumn[] {
  return tableFromIPC(data).schema.fields.map(({ name, type }) => ({
    name,
    type: planType(type),
    native: `${type}`,
  }));
}

/** Spark reads unsigned 64-bit numbers of Parquet as decimals of 20 digits; what has no type of its own is read as text. */
function planType(type: DataType): Type {
  if (is.isBool(type)) return BOOL;
  if (is.isInt(type)) return I64;
  if (is.isDecimal(type)) return type.scale === 0 && type.precision === 20 ? U64 : F64;
  if (is.isFloat(type)) return F64;
  if (is.isList(type)) return listOf(planType(type.valueType));
  if (is.isStruct(type)) {
    const fields = type.children.map((field) => ({ name: field.name, type: planType(field.type) }));
    return { kind: 'struct', fields };
  }
  return TEXT;
}
