/** The numbers of an option that is a list; undefined where they are not `count` of at least 0. */
export function numbersIn(text: string, count: number): readonly number[] | undefined {
  const numbers = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return numbers.length === count && numbers.every((number) => number >= 0 && number < 1e12)
    ? numbers
    : undefined;
}

/** The names of an option that is a list. */
export function namesIn(text: string): readonly string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
