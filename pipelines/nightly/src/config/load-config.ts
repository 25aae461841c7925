import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { nightlyError } from '../nightly-errors.ts';
import { type Config, configSchema } from './config-schema.ts';
import { unknownKeyProblem } from './nearest-key.ts';

/** A configuration, and the folder that its paths are relative to. */
export interface Setup {
  readonly config: Config;
  readonly folder: string;
  /** Where runs lie, absolute. */
  readonly runsFolder: string;
}

/** @throws WavetuneError `nightly.no-config`; `nightly.bad-config` with the key's path or the line. */
export async function loadConfig(path: string): Promise<Setup> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw nightlyError('nightly.no-config', { path, reason }, { cause });
  });
  const config = parseConfig(text, path);
  const folder = dirname(resolve(path));
  return { config, folder, runsFolder: resolve(folder, config.runs) };
}

/** @throws WavetuneError `nightly.bad-config`. */
export function parseConfig(text: string, path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const at = `line ${lines.linePos(fault.pos[0]).line}`;
    throw nightlyError('nightly.bad-config', { path, at, problem: fault.message.split('\n')[0] });
  }
  const parsed = configSchema.safeParse(plainValue(document, path));
  if (parsed.success) return parsed.data;
  const issue = innermost(parsed.error.issues[0]);
  const at = issue.path.length === 0 ? 'at its top' : `key ${issue.path.join('.')}`;
  throw nightlyError('nightly.bad-config', { path, at, problem: problemOf(issue) });
}

function plainValue(document: ReturnType<typeof parseDocument>, path: string): unknown {
  try {
    return document.toJS() ?? {};
  } catch (cause) {
    const problem = (cause as Error).message;
    throw nightlyError('nightly.bad-config', { path, at: 'an alias', problem }, { cause });
  }
}

/** Of alternatives the fault of the one that has keys: it comes last. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.at(-1)?.[0];
  return inner === undefined
    ? issue
    : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function problemOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return unknownKeyProblem(configSchema, issue.path, issue.keys[0]);
}
