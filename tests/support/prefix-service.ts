import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../pipelines/prefix-indexer/src/main.ts', import.meta.url));

/** A running `prefix-indexer serve`, on a free port. */
export interface ServiceProcess {
  /** Resolves with the address when the service listens; rejects with what it said where it ends before. */
  readonly listening: Promise<string>;
  /** Resolves with the address when the index is read. */
  readonly ready: Promise<string>;
  readonly kill: (signal: 'SIGKILL' | 'SIGTERM') => void;
  /** Resolves with the exit status and what it wrote to standard error. */
  readonly ended: Promise<{ readonly status: number | null; readonly said: string }>;
}

export function startServiceProcess(words: readonly string[]): ServiceProcess {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listening = Promise.withResolvers<string>();
  const ready = Promise.withResolvers<string>();
  let url = '';
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    url = /^listening {2}(\S+?),?( |$)/.exec(line)?.[1] ?? url;
    if (url !== '') listening.resolve(url);
    if (line === 'ready') ready.resolve(url);
  });
  const ended = new Promise<{ status: number | null; said: string }>((resolve) => {
    child.on('close', (status) => {
      const failure = new Error(`the service ended with ${status}: ${said}`);
      listening.reject(failure);
      ready.reject(failure);
      resolve({ status, said });
    });
  });
  listening.promise.catch(() => undefined);
  ready.promise.catch(() => undefined);
  return {
    listening: listening.promise,
    ready: ready.promise,
    kill: (signal) => child.kill(signal),
    ended,
  };
}

/** Posts JSON; undefined where no answer came. */
export async function postJson(
  url: string,
  body: object,
): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, body: await response.json() };
  } catch {
    return undefined;
  }
}

/** Hits of each prefix of a tenant, as the service counts them. */
export async function hitsOf(
  url: string,
  tenant: string,
): Promise<Readonly<Record<string, number>>> {
  const response = await fetch(`${url}/snapshot?limit=10000&tenant=${tenant}`);
  const { entries } = (await response.json()) as {
    readonly entries: readonly { readonly prefix_id: string; readonly hits: number }[];
  };
  return Object.fromEntries(entries.map(({ prefix_id, hits }) => [prefix_id, hits]));
}
