import type { GeneratedRequest } from '@wavetune/trace';

/** What a trace that was made has in it. */
export interface Tally {
  readonly requests: number;
  readonly blockReferences: number;
  readonly distinctBlocks: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly sessions: number;
  readonly tenants: number;
  /** Requests by workload. */
  readonly workloads: Readonly<Record<string, number>>;
  readonly durationMillis: number;
}

/** How often the watcher is told. */
const REQUESTS_BETWEEN = 1024;

/** Passes requests on, and tells `watch` now and then, and last with the whole trace's tally. */
export function* tallied(
  requests: Iterable<GeneratedRequest>,
  watch: (tally: Tally) => void,
): Generator<GeneratedRequest, void, undefined> {
  const tenants = new Set<number>();
  const workloads: Record<string, number> = {};
  const sums = {
    requests: 0,
    blockReferences: 0,
    distinctBlocks: 0,
    inputTokens: 0,
    outputTokens: 0,
    sessions: 0,
    durationMillis: 0,
  };
  const tell = (): void => watch({ ...sums, tenants: tenants.size, workloads });
  for (const request of requests) {
    const { blocks } = request;
    sums.requests++;
    sums.blockReferences += blocks.length;
    for (let i = blocks.length - 1; i >= 0 && blocks[i] >= sums.distinctBlocks; i--) {
      sums.distinctBlocks = Math.max(sums.distinctBlocks, blocks[i] + 1);
    }
    sums.inputTokens += request.inputTokens;
    sums.outputTokens += request.outputTokens;
    sums.sessions = Math.max(sums.sessions, request.session + 1);
    sums.durationMillis = request.timeMillis;
    tenants.add(request.tenant);
    workloads[request.workload] = (workloads[request.workload] ?? 0) + 1;
    if (sums.requests % REQUESTS_BETWEEN === 0) tell();
    yield request;
  }
  tell();
}
