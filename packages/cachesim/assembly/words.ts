import { reserve } from './memory';

/** Zeroed 32-bit words. */
export function createWords(count: u32): usize {
  return reserve((<u64>count) << 2);
}

export function wordAt(words: usize, at: u32): u32 {
  return load<u32>(words + ((<usize>at) << 2));
}

export function setWord(words: usize, at: u32, value: u32): void {
  store<u32>(words + ((<usize>at) << 2), value);
}

export function byteAt(bytes: usize, at: u32): u32 {
  return load<u8>(bytes + at);
}

export function setByte(bytes: usize, at: u32, value: u32): void {
  store<u8>(bytes + at, value);
}
