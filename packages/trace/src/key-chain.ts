import { traceError } from './trace-errors.ts';
import type { TraceOptions } from './trace-format.ts';

const PREFIX_BYTES = 4;
const DELIMITER = '/';

/**
 * The function that cuts a key into its chain, root first; each item is a prefix of the key, the last the whole key.
 *
 * Mode `bytes`: the leading bytes, then the key (one item where the key is no longer); a cut inside a character moves
 * before it. Mode `delimiter`: one item a component.
 *
 * @throws WavetuneError `trace.bad-option`.
 */
export function chainOfKey(options: TraceOptions): (key: string) => readonly string[] {
  if (options.prefixMode === 'delimiter') {
    const delimiter = options.delimiter ?? DELIMITER;
    if (delimiter === '') {
      throw traceError('trace.bad-option', {
        option: 'the delimiter',
        found: 'empty',
        accepted: 'one character or more',
      });
    }
    return (key) => componentPrefixes(key, delimiter);
  }
  const sizeBytes = options.prefixLength ?? PREFIX_BYTES;
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) {
    const accepted = 'a whole number from 1';
    throw traceError('trace.bad-option', {
      option: 'the prefix length',
      found: `${sizeBytes}`,
      accepted,
    });
  }
  return (key) => {
    const prefix = leadingBytes(key, sizeBytes);
    return prefix === key || prefix === '' ? [key] : [prefix, key];
  };
}

function componentPrefixes(key: string, delimiter: string): readonly string[] {
  const prefixes: string[] = [];
  let from = 0;
  for (;;) {
    const at = key.indexOf(delimiter, from);
    if (at < 0 || at + delimiter.length === key.length) break;
    if (at > 0) prefixes.push(key.slice(0, at));
    from = at + delimiter.length;
  }
  prefixes.push(key);
  return prefixes;
}

function leadingBytes(key: string, sizeBytes: number): string {
  let bytes = 0;
  for (let at = 0; at < key.length; ) {
    const code = key.codePointAt(at)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x1_0000 ? 3 : 4;
    if (bytes > sizeBytes) return key.slice(0, at);
    at += code < 0x1_0000 ? 1 : 2;
  }
  return key;
}
