// Learned eviction against LRU, the classic policies and the optimum, on requests that nothing was fitted or chosen on.
//
//   node experiments/learned-eviction/compare.ts conversation
//   node experiments/learned-eviction/compare.ts weka
import {
  bootstrapDifference,
  chooseEviction,
  EVICTION_POLICIES,
  type EvictionChoice,
  hitTokensOf,
  learnedPolicy,
  lruCurve,
  type PolicySpec,
  replay,
  requestHits,
  type TrainedTables,
  trainTables,
} from '@wavetune/cachesim';
import type { TraceColumns } from '@wavetune/core';
import { loadMooncake, mooncakeMissing } from '../../packages/cachesim/tests/load-mooncake.ts';
import { loadWeka, wekaMissing } from '../../packages/cachesim/tests/load-weka.ts';

interface Subject {
  readonly missing: string | undefined;
  readonly load: () => TraceColumns;
  readonly capacities: readonly number[];
  readonly classics: readonly string[] | 'all';
  readonly by: Parameters<typeof bootstrapDifference>[3]['by'];
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  conversation: {
    missing: mooncakeMissing,
    load: loadMooncake,
    capacities: [128, 512, 1024, 2048, 4096, 8192, 16_384, 32_768],
    classics: 'all',
    by: { kind: 'requests', count: 50 },
  },
  weka: {
    missing: wekaMissing,
    load: () => loadWeka({ startGapMillis: 60_000 }),
    capacities: [4096, 16_384, 32_768, 65_536, 131_072],
    classics: ['lru', 's3-fifo', 'arc', 'lru-k', 'gdsf'],
    by: { kind: 'sessions' },
  },
};

/** The held-out part: the requests from the middle on. */
const TRAIN_SHARE = 0.5;

function main(name: string): void {
  const subject = SUBJECTS[name];
  if (subject === undefined || subject.missing !== undefined) {
    console.log(
      `nothing to compare: ${subject?.missing ?? `known are ${Object.keys(SUBJECTS).join(', ')}`}`,
    );
    return;
  }
  const columns = subject.load();
  const requests = columns.inputTokens.length;
  const measured = { begin: Math.floor(requests * TRAIN_SHARE), end: requests };
  const inputTokens = columns.inputTokens.subarray(measured.begin).reduce((a, b) => a + b, 0);
  const lru = lruCurve(columns, measured).hitTokens;
  const ceiling = lru[lru.length - 1] / inputTokens;
  const trained = trainTables(columns, measured.begin);
  console.log(
    `${name}: ${requests} requests, measured from ${measured.begin}, ceiling ${percent(ceiling)}\n`,
  );
  console.log(
    '| blocks | LRU | best classic | learned | optimum | closed by best classic | by learned | learned − best classic, 95 % | validation chose |',
  );
  console.log('|---:|---:|---:|---:|---:|---:|---:|---:|---|');
  for (const capacityBlocks of subject.capacities) {
    const row = compareAt(columns, subject, { capacityBlocks, trained, measured });
    const gap = row.optimum - lru[Math.min(capacityBlocks, lru.length - 1)];
    const closed = (hitTokens: number) =>
      percent((hitTokens - lru[Math.min(capacityBlocks, lru.length - 1)]) / gap);
    const { low, high } = row.difference;
    console.log(
      `| ${capacityBlocks.toLocaleString('en-US')} | ${[
        percent(lru[Math.min(capacityBlocks, lru.length - 1)] / inputTokens),
        `${percent(row.classic.hitTokens / inputTokens)} ${row.classic.name}`,
        percent(row.learned / inputTokens),
        percent(row.optimum / inputTokens),
        closed(row.classic.hitTokens),
        closed(row.learned),
        `${(100 * low).toFixed(2)} … ${(100 * high).toFixed(2)} points`,
        row.chosen,
      ].join(' | ')} |`,
    );
  }
}

interface Judged {
  readonly capacityBlocks: number;
  readonly trained: TrainedTables;
  readonly measured: { readonly begin: number; readonly end: number };
}

function compareAt(columns: TraceColumns, subject: Subject, judged: Judged) {
  const { capacityBlocks, trained, measured } = judged;
  const classics = EVICTION_POLICIES.filter(
    ({ name }) => subject.classics === 'all' || subject.classics.includes(name),
  );
  const choice = chooseEviction(columns, trained, { capacityBlocks, classics: [] });
  const tokensOf = (spec: PolicySpec) =>
    hitTokensOf(columns, requestHits(columns, { spec, capacityBlocks }));
  const judgedClassics = classics.map((spec) => {
    const tokens = tokensOf(spec);
    const onValidation = sum(tokens, trained.validateFrom, trained.trainEnd);
    const hitTokens = sum(tokens, measured.begin, measured.end);
    return { name: spec.name, tokens, onValidation, hitTokens };
  });
  const classic = judgedClassics.toSorted((a, b) => b.hitTokens - a.hitTokens)[0];
  const rival = judgedClassics.toSorted((a, b) => b.onValidation - a.onValidation)[0];
  const learned = tokensOf(learnedPolicy(tableOf(choice, trained)));
  return {
    classic,
    learned: sum(learned, measured.begin, measured.end),
    optimum: replay(columns, {
      policy: 'optimum',
      capacityBlocks,
      measureFrom: measured.begin,
    }).hitTokens,
    chosen: rival.onValidation >= choice.candidates[0].hitTokens ? rival.name : 'learned',
    difference: bootstrapDifference(columns, learned, classic.tokens, {
      measured,
      by: subject.by,
      seed: 1,
    }),
  };
}

function sum(tokens: Float64Array, begin: number, end: number): number {
  return tokens.subarray(begin, end).reduce((total, count) => total + count, 0);
}

/** The learned candidate that did best on the validation slice, whether or not a classic one did better. */
function tableOf(choice: EvictionChoice, trained: TrainedTables) {
  const best = choice.candidates.find((candidate) => candidate.options !== undefined);
  return trained.full[trained.early.findIndex(({ options }) => options === best?.options)].table;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(2)} %`;
}

main(process.argv[2] ?? '');
