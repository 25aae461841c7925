import { openEngine } from '@wavetune/engine';
import {
  type Catalog,
  EMPTY_CATALOG,
  type EventStream,
  firstEvents,
  readEvents,
} from '@wavetune/policy-engine';
import { scanMix } from './scan-mix.ts';
import { shopLog } from './shop-log.ts';

/** Traffic that planners are compared on. */
export interface Workload {
  readonly what: string;
  /** The memory of each cache. */
  readonly limitBytes: number;
  readonly windowEvents: number;
  load(): Promise<{ readonly stream: EventStream; readonly catalog: Catalog }>;
}

const DATA =
  process.env.WAVETUNE_SHARED_DATA ?? new URL('../../../shared/data', import.meta.url).pathname;
const MIB = 2 ** 20;

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  conversation: {
    what: 'conversation trace, first 100,000 block references',
    limitBytes: 16 * MIB,
    windowEvents: 1000,
    load: () => prefixTrace([`${DATA}/mooncake/conversation_trace.jsonl`], 100_000),
  },
  agents: {
    what: 'four agentic coding conversations side by side, first 100,000 block references',
    limitBytes: 4 * MIB,
    windowEvents: 1000,
    load: () =>
      prefixTrace(
        ['0002', '0004', '0007', '0009'].map((n) => `${DATA}/weka/trace_${n}.json.gz`),
        100_000,
      ),
  },
  shop: {
    what: 'synthetic shop: sessions, favourites that drift, views beside clicks',
    limitBytes: 1 * MIB,
    windowEvents: 1000,
    load: () => shopLog({ events: 100_000, seed: 1 }),
  },
  scans: {
    what: 'synthetic hot set with a list read through every ten minutes',
    limitBytes: 1 * MIB,
    windowEvents: 1000,
    load: async () => ({ stream: scanMix({ events: 100_000, seed: 1 }), catalog: EMPTY_CATALOG }),
  },
};

async function prefixTrace(files: readonly string[], events: number) {
  const engine = await openEngine({ memoryLimitBytes: 2 ** 30 });
  try {
    const stream = await readEvents({
      ...{ files, engine, format: 'auto', trace: {}, namespaced: true, quarantinePath: undefined },
      ...{ requestActions: [], timeUnit: 'ms', valueBytes: 1024, maxBadRatio: 0.01 },
      progress: () => undefined,
    });
    return {
      stream: { ...stream, columns: firstEvents(stream.columns, events) },
      catalog: EMPTY_CATALOG,
    };
  } finally {
    await engine.close();
  }
}
