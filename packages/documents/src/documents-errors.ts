import { defineErrors } from '@wavetune/core';

/** What this package refuses. */
export const documentsError = defineErrors({
  'documents.not-json': (d: { readonly family: string; readonly reason: string }) =>
    `a ${d.family} document must be JSON: ${d.reason}`,
  'documents.unknown-version': (d: { readonly found: string; readonly known: readonly string[] }) =>
    `the document's "schema" is ${d.found}; known here ${d.known.length === 1 ? 'is' : 'are'} ${d.known.join(', ')}`,
  'documents.invalid': (d: {
    readonly schema: string;
    readonly issues: readonly DocumentIssue[];
    readonly more: number;
  }) =>
    `this is no ${d.schema} document: ${d.issues.map((issue) => `${issue.path}: ${issue.problem}`).join('; ')}${
      d.more > 0 ? `; and ${d.more} more` : ''
    }`,
  'documents.cannot-export': (d: { readonly format: string; readonly lacks: string }) =>
    `${d.format} cannot be written from this document: it lacks ${d.lacks}`,
});

/** One place where a document breaks its schema. */
export interface DocumentIssue {
  /** `$.waves[3].swap_window`. */
  readonly path: string;
  readonly problem: string;
}
