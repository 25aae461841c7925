import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

const SHARED =
  process.env.WAVETUNE_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../../shared/data');

/** Path of something in the public data, and why a test that needs it is skipped where it is missing. */
export function sharedData(...path: readonly string[]) {
  const at = join(SHARED, ...path);
  return { path: at, missing: existsSync(at) ? undefined : `${at} is not here` };
}

/** The records of a JSON lines file, packed or not. */
export function readJsonLines(path: string): readonly unknown[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}

/** One session of an agent: the texts of its successive inputs. */
export interface AgentSession {
  readonly name: string;
  readonly inputs: readonly string[];
}

/** Every session of the LMCache agent traces that has an input, by file name. */
export function readAgentSessions(folder: 'taubench' | 'magagent'): readonly AgentSession[] {
  const { path } = sharedData('lmcache-agent', folder);
  return readdirSync(path)
    .toSorted()
    .map((name) => ({
      name,
      inputs: (readJsonLines(join(path, name)) as { readonly input: string }[]).map(
        ({ input }) => input,
      ),
    }))
    .filter(({ inputs }) => inputs.length > 0);
}
