import { catalogError } from './catalog-errors.ts';

/** Something with a name of ours and names that others give it. */
export interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
}

/** The entry of that name or alias; upper and lower case are one, and so are `_`, ` ` and `-`. */
export function findByName<T extends Named>(entries: readonly T[], wanted: string): T | undefined {
  return entries.find((entry) => namesOf(entry).some((name) => fold(name) === fold(wanted)));
}

/** The error for a name that nothing carries: the known names, and the one that is the fewest edits away. */
export function unknownName(kind: string, found: string, entries: readonly Named[]): Error {
  const distances = entries.map((entry) => ({
    name: entry.name,
    distance: Math.min(...namesOf(entry).map((name) => editDistance(fold(name), fold(found)))),
  }));
  const nearest = distances.reduce((best, each) => (each.distance < best.distance ? each : best));
  const known = entries.map((entry) => entry.name);
  return catalogError('catalog.unknown-name', { kind, found, nearest: nearest.name, known });
}

function namesOf(entry: Named): readonly string[] {
  return [entry.name, ...entry.aliases];
}

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[_ ]/g, '-');
}

/** Levenshtein distance; O(a × b) time, one row. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const substituted = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = Math.min(substituted, row[j] + 1, row[j - 1] + 1);
    }
  }
  return row[b.length];
}
