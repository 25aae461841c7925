/** Orders text by Unicode code points, as its UTF-8 orders. */
export function byCodePoints(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
