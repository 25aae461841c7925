import { canonicalJsonParts } from '@wavetune/core';
import type { z } from 'zod';
import { type DocumentIssue, documentsError } from './documents-errors.ts';

const ISSUES_SHOWN = 5;

/**
 * Reads a document of one family (`wavespec`, `policies`, …) strictly: unknown keys, wrong types and broken rules are
 * refused, all with their paths.
 *
 * @param versions - By the full name of every version that is known (`wavespec/1`), the schema that the document must
 *   meet; a version of several shapes picks by the document.
 * @throws WavetuneError `documents.not-json`, `documents.unknown-version`, `documents.invalid`.
 */
export function decodeDocument<T>(
  text: string,
  family: string,
  versions: Readonly<Record<string, (document: object) => z.ZodType<T>>>,
): T {
  const value = parseJson(text, family);
  const document = isRecord(value) ? value : {};
  const named = document.schema;
  const known = Object.keys(versions);
  if (typeof named !== 'string' || !known.includes(named)) {
    const found = named === undefined ? 'missing' : JSON.stringify(named);
    throw documentsError('documents.unknown-version', { found, known });
  }
  return checkDocument(document, named, versions[named](document));
}

/**
 * A document's canonical bytes (sorted keys, indent 2), in parts; checked against its schema before the first part.
 *
 * @throws WavetuneError `documents.invalid`, so that nothing invalid can be published.
 */
export function encodeDocument(
  value: unknown,
  schemaName: string,
  schema: z.ZodType,
): Iterable<string> {
  return canonicalJsonParts(checkDocument(value, schemaName, schema), 2);
}

function checkDocument<T>(value: unknown, schemaName: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = result.error.issues;
  throw documentsError('documents.invalid', {
    schema: schemaName,
    issues: issues.slice(0, ISSUES_SHOWN).map(toDocumentIssue),
    more: Math.max(0, issues.length - ISSUES_SHOWN),
  });
}

function parseJson(text: string, family: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw documentsError('documents.not-json', { family, reason }, { cause: error });
  }
}

function toDocumentIssue(issue: z.core.$ZodIssue): DocumentIssue {
  const steps = issue.path.map((step) =>
    typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
  );
  return { path: `$${steps.join('')}`, problem: issue.message };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
