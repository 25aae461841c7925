/** The names of the fields in the order of their numbers, each with the quote that ends it. */
const NAME_BYTES: usize = 24;
const NAMES: usize = memory.data(12 * 24);
/** Behind a name's bytes. */
const LENGTH: usize = 23;

/** The host puts the names there, before the first line. A name has at most 16 bytes. */
export function fieldNames(): usize {
  return NAMES;
}

export function fieldLength(field: u32): usize {
  return <usize>load<u8>(NAMES + <usize>field * NAME_BYTES, LENGTH);
}

/** Whether the field's name stands here, and ends. */
export function isField(at: usize, field: u32): bool {
  const name = NAMES + <usize>field * NAME_BYTES;
  const length = <u32>load<u8>(name, LENGTH);
  const differ = v128.not(i8x16.eq(v128.load(at), v128.load(name)));
  const counted: u32 = length >= 15 ? 0xffff : (1 << (length + 1)) - 1;
  return (i8x16.bitmask(differ) & counted) === 0 && load<u8>(at + length) === 0x22;
}

/** The field whose name stands here, `otherwise` where there is none. */
export function fieldNamed(at: usize, otherwise: u32): u32 {
  for (let field: u32 = 0; field < otherwise; field++) if (isField(at, field)) return field;
  return otherwise;
}
