import type { Type } from '@wavetune/ir';

/** Bytes of a text of which nothing is known, and elements of such a list. Chosen. */
const TEXT_BYTES = 16;
const LIST_LENGTH = 8;

/**
 * Bytes of a value that is not known: 1 a bool, 8 a number, text its UTF-8, a list its elements, a struct its fields.
 * That is the width of the values themselves, without offsets, null masks or an engine's padding.
 */
export function defaultBytes(type: Type): number {
  switch (type.kind) {
    case 'text':
      return TEXT_BYTES;
    case 'list':
      return LIST_LENGTH * defaultBytes(type.item);
    case 'struct':
      return type.fields.reduce((sum, field) => sum + defaultBytes(field.type), 0);
    default:
      return fixedBytes(type) ?? 0;
  }
}

/** Bytes of every value of the type, null included; undefined where values differ (text, lists, structs with those). */
export function fixedBytes(type: Type): number | undefined {
  switch (type.kind) {
    case 'bool':
      return 1;
    case 'i64':
    case 'u64':
    case 'f64':
      return 8;
    case 'struct': {
      const widths = type.fields.map((field) => fixedBytes(field.type));
      return widths.reduce<number | undefined>(
        (sum, width) => (sum === undefined || width === undefined ? undefined : sum + width),
        0,
      );
    }
    default:
      return undefined;
  }
}
