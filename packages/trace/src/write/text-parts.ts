const PART_CHARACTERS = 1 << 18;

/** Lines as UTF-8, a line break after each, in parts of about 256 KiB. */
export function* textParts(lines: Iterable<string>): Generator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  let pending = '';
  for (const line of lines) {
    pending += `${line}\n`;
    if (pending.length < PART_CHARACTERS) continue;
    yield encoder.encode(pending);
    pending = '';
  }
  if (pending !== '') yield encoder.encode(pending);
}
