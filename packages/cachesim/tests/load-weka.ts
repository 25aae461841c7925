import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { TraceColumns } from '@wavetune/core';
import { columnsOf, type LoggedRequest } from './columns-of.ts';

const folder = join(
  process.env.WAVETUNE_SHARED_DATA ??
    join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data'),
  'weka',
);

interface WekaEntry {
  readonly t: number;
  readonly type: string;
  readonly in?: number;
  readonly out?: number;
  readonly hash_ids?: readonly number[];
  readonly requests?: readonly WekaEntry[];
}

/** How the conversations, each of which starts at its own second 0, are laid on one clock. */
export interface WekaOptions {
  /** The first so many files by name; all where absent. */
  readonly files?: number;
  /** Conversation k starts `k × startGapMillis` after the first. */
  readonly startGapMillis: number;
}

/** Why the files cannot be read here, or undefined. */
export const wekaMissing: string | undefined = existsSync(folder)
  ? undefined
  : `${folder} is not there`;

/**
 * The Weka conversations on one clock: each a namespace, a tenant and a session of its own, subagents nested in their
 * conversation, a file whose requests repeat an earlier file's dropped.
 */
export function loadWeka(options: WekaOptions): TraceColumns {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json.gz'))
    .sort()
    .slice(0, options.files);
  const seen = new Set<string>();
  const requests: (LoggedRequest & { timeMillis: number })[] = [];
  let conversation = 0;
  for (const name of names) {
    const { requests: entries } = JSON.parse(
      gunzipSync(readFileSync(join(folder, name))).toString(),
    ) as { readonly requests: readonly WekaEntry[] };
    const digest = createHash('sha256').update(JSON.stringify(entries)).digest('hex');
    if (seen.has(digest)) continue;
    seen.add(digest);
    for (const entry of leavesOf(entries, 0)) {
      requests.push(toRequest(entry, conversation, conversation * options.startGapMillis));
    }
    conversation++;
  }
  requests.sort((a, b) => a.timeMillis - b.timeMillis);
  return columnsOf(requests, 64);
}

/** A subagent's requests count their seconds from its own start. */
function leavesOf(entries: readonly WekaEntry[], startSeconds: number): readonly WekaEntry[] {
  return entries.flatMap((entry) => {
    const t = startSeconds + entry.t;
    return entry.requests ? leavesOf(entry.requests, t) : [{ ...entry, t }];
  });
}

function toRequest(entry: WekaEntry, conversation: number, startMillis: number) {
  return {
    ids: entry.hash_ids ?? [],
    timeMillis: startMillis + Math.round(entry.t * 1000),
    inputTokens: entry.in ?? 0,
    outputTokens: entry.out ?? 0,
    tenant: conversation,
    session: conversation,
    namespace: conversation,
  };
}
