/**
 * The distinct, unshared buffers below a value of plain objects, arrays and typed arrays: what a message can transfer
 * instead of copying.
 *
 * Arrays of scalars are not walked further than their first element, so the cost is one visit a container.
 */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(value, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (value === null || typeof value !== 'object') return;
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer);
  } else if (value instanceof ArrayBuffer) {
    found.add(value);
  } else if (!Array.isArray(value) || typeof value[0] === 'object') {
    for (const item of Object.values(value)) collect(item, found);
  }
}
