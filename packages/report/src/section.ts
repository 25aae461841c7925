import type { Figure } from './figure.ts';
import type { Table } from './table.ts';

/** One chapter of the page; what a missing document leaves out says so instead. */
export interface Section {
  readonly id: string;
  readonly title: string;
  /** The finding in a sentence or two; of an absent section the reason, in words. */
  readonly lead: string;
  readonly absent: boolean;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'figure'; readonly figure: Figure }
  | { readonly kind: 'table'; readonly table: NamedTable }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'verdicts'; readonly verdicts: readonly Verdict[] }
  | { readonly kind: 'files'; readonly groups: readonly FileGroup[] };

export interface NamedTable extends Table {
  readonly id: string;
  readonly title: string;
}

/** What to do about one thing, and why. */
export interface Verdict {
  readonly target: string;
  readonly verdict: 'use' | 'keep default';
  readonly reason: string;
  /** What following it is worth, in a few words; null where the default stays. */
  readonly gain: string | null;
}

/** Files that are put into use together, and how. */
export interface FileGroup {
  readonly title: string;
  readonly how: readonly string[];
  readonly files: readonly ShownFile[];
}

export interface ShownFile {
  readonly path: string;
  readonly bytes: number | null;
  /** The head of it; null where it is not shown, and `note` says why. */
  readonly text: string | null;
  readonly note: string;
}

/** A section that a missing document leaves out. */
export function absentSection(id: string, title: string, reason: string): Section {
  return { id, title, lead: reason, absent: true, blocks: [] };
}
