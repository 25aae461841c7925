const NUMBERS = /-?\d+(\.\d+)?(e[-+]?\d+)?/g;

/** Lines in order of their text, numbers to nine digits: sums that were added up in another order are the same. */
export function roundedLines(text: string): readonly string[] {
  return text
    .replaceAll(NUMBERS, (number) => Number(number).toPrecision(9))
    .split('\n')
    .sort();
}
