/** Writes the protobuf of a small ONNX model: field numbers are those of onnx.proto3. */

type Field = readonly [number: number, value: number | string | Uint8Array];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...bytes, rest];
}

function message(...fields: readonly Field[]): Uint8Array {
  const parts = fields.map(([number, value]) => {
    if (typeof value === 'number') return Buffer.from([...varint(number * 8), ...varint(value)]);
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    return Buffer.concat([
      Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length)]),
      bytes,
    ]);
  });
  return Buffer.concat(parts);
}

const INT64 = 7;
const FLOAT = 1;

/** A `ValueInfoProto` of unknown lengths, `rank` of them. */
function valueInfo(name: string, type: number, rank: number): Uint8Array {
  const shape = message(
    ...Array.from({ length: rank }, (_, at): Field => [1, message([2, `n${at}`])]),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

/**
 * An encoder that looks every token up in a table: the last state of token t is row t.
 *
 * @param table - Shape `[tokens, dimensions]`.
 */
export function tinyEncoder(table: readonly (readonly number[])[], inputName: string): Uint8Array {
  const numbers = Float32Array.from(table.flat());
  const initializer = message(
    [1, table.length],
    [1, table[0].length],
    [2, FLOAT],
    [8, 'table'],
    [9, new Uint8Array(numbers.buffer)],
  );
  const gather = message([1, 'table'], [1, inputName], [2, 'last_hidden_state'], [4, 'Gather']);
  const graph = message(
    [1, gather],
    [2, 'encoder'],
    [5, initializer],
    [11, valueInfo(inputName, INT64, 2)],
    [12, valueInfo('last_hidden_state', FLOAT, 3)],
  );
  return message([1, 8], [7, graph], [8, message([2, 17])]);
}
