// What the registry adds to plain exact prefix caching on the agent traces, in tokens.
//
//   node experiments/registry-value/compare.ts
import {
  createRegistry,
  type Divergence,
  loadDefaultTokenizer,
  type Registry,
} from '@wavetune/context-registry';
import {
  type AgentSession,
  readAgentSessions,
  sharedData,
} from '../../packages/context-registry/tests/support/shared-data.ts';

/** Tokens that a reordering must promise before a prompt is rewritten. */
const LEAST_GAIN_TOKENS = 64;
const CAUSES = ['ended', 'inserted', 'removed', 'replaced', 'moved', 'different'] as const;

interface Cause {
  prompts: number;
  /** Tokens behind the exact prefix. */
  computed: number;
  /** Of those, what the nearest context has too. */
  inCommon: number;
}

interface Totals {
  prompts: number;
  tokens: number;
  /** Exact prefix caching without limits. */
  exact: number;
  /** What the nearest context has in common beyond, were both in the order that the registry suggests. */
  suggested: number;
  /** Exact prefixes of the prompts rewritten so, each by what stood before it. */
  rewritten: number;
  /** The same, a prompt rewritten only where it shares more at once. */
  cautious: number;
  readonly causes: Map<Divergence['cause'], Cause>;
}

type Encode = (text: string) => Uint32Array;

function newRegistry(): Registry {
  return createRegistry({ model: { name: 'any', bytesPerToken: 1 } });
}

/** Sessions one after the other into one registry, each prompt asked for before it is registered. */
function measure(sessions: readonly AgentSession[], encode: Encode): Totals {
  const totals: Totals = {
    prompts: 0,
    tokens: 0,
    exact: 0,
    suggested: 0,
    rewritten: 0,
    cautious: 0,
    causes: new Map(),
  };
  const plain = newRegistry();
  const reordered = newRegistry();
  const cautious = newRegistry();
  for (const { name, inputs } of sessions) {
    inputs.forEach((input, index) => {
      const tokens = encode(input);
      const key = { agent: name, context: String(index) };
      countPrompt(totals, plain, tokens);
      const rewritten = rewrite(reordered, tokens);
      totals.rewritten += reordered.heldPrefix({ tokens: rewritten }).tokens;
      const better = rewriteIfBetter(cautious, tokens);
      totals.cautious += cautious.heldPrefix({ tokens: better }).tokens;
      cautious.register({ key, tokens: better });
      plain.register({ key, tokens });
      reordered.register({ key, tokens: rewritten });
    });
  }
  return totals;
}

function countPrompt(totals: Totals, registry: Registry, tokens: Uint32Array): void {
  const { exact, nearest } = registry.match({ tokens });
  totals.prompts++;
  totals.tokens += tokens.length;
  totals.exact += exact.tokens;
  if (nearest === undefined) return;
  const inCommon = Math.max(0, (nearest.reordering?.wouldShare.tokens ?? 0) - exact.tokens);
  totals.suggested += inCommon;
  const { cause } = nearest.divergence;
  const sum = totals.causes.get(cause) ?? { prompts: 0, computed: 0, inCommon: 0 };
  sum.prompts++;
  sum.computed += tokens.length - exact.tokens;
  sum.inCommon += inCommon;
  totals.causes.set(cause, sum);
}

/** The prompt as the registry suggests it beside the nearest context: what both have first, then the rest in its order. */
function rewrite(registry: Registry, tokens: Uint32Array): Uint32Array {
  const { exact, nearest } = registry.match({ tokens });
  const { reordering } = nearest ?? {};
  if (reordering === undefined) return tokens;
  if (reordering.wouldShare.tokens < exact.tokens + LEAST_GAIN_TOKENS) return tokens;
  const first = reordering.promptFirst;
  const head = first.flatMap(({ begin, end }) => [...tokens.subarray(begin, end)]);
  const rest = tokens.filter((_, i) => !first.some(({ begin, end }) => i >= begin && i < end));
  return Uint32Array.from([...head, ...rest]);
}

function rewriteIfBetter(registry: Registry, tokens: Uint32Array): Uint32Array {
  const rewritten = rewrite(registry, tokens);
  const held = (of: Uint32Array) => registry.heldPrefix({ tokens: of }).tokens;
  return held(rewritten) > held(tokens) ? rewritten : tokens;
}

function sumUp(all: readonly Totals[]): Totals {
  const causes: Totals['causes'] = new Map();
  for (const [cause, add] of all.flatMap((one) => [...one.causes])) {
    const sum = causes.get(cause) ?? { prompts: 0, computed: 0, inCommon: 0 };
    sum.prompts += add.prompts;
    sum.computed += add.computed;
    sum.inCommon += add.inCommon;
    causes.set(cause, sum);
  }
  const total = (key: Exclude<keyof Totals, 'causes'>) =>
    all.reduce((sum, one) => sum + one[key], 0);
  return {
    prompts: total('prompts'),
    tokens: total('tokens'),
    exact: total('exact'),
    suggested: total('suggested'),
    rewritten: total('rewritten'),
    cautious: total('cautious'),
    causes,
  };
}

function print(rows: readonly (readonly [string, Totals])[]): void {
  console.log(
    '| trace | prompts | tokens | exact prefixes save | advice points at | rewritten, they save | rewritten where it helps at once |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const [name, totals] of rows) {
    const { tokens } = totals;
    const cells = [totals.exact, totals.suggested, totals.rewritten, totals.cautious].map(
      (part) => `${count(part)} (${((100 * part) / tokens).toFixed(1)} %)`,
    );
    console.log(`| ${[name, count(totals.prompts), count(tokens), ...cells].join(' | ')} |`);
  }
  for (const [name, { causes }] of rows) {
    console.log(
      `\n| ${name}: why the prefix ended | prompts | tokens behind it | of those in the nearest context |`,
    );
    console.log('|---|---:|---:|---:|');
    for (const cause of CAUSES) {
      const sum = causes.get(cause);
      if (sum === undefined) continue;
      console.log(
        `| ${cause} | ${count(sum.prompts)} | ${count(sum.computed)} | ${count(sum.inCommon)} |`,
      );
    }
  }
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

async function main(): Promise<void> {
  const { missing } = sharedData('lmcache-agent');
  if (missing !== undefined) {
    console.log(`nothing to compare: ${missing}`);
    return;
  }
  const tokenizer = await loadDefaultTokenizer();
  const known = new Map<string, Uint32Array>();
  const encode = (text: string) => {
    const tokens = known.get(text) ?? tokenizer.encode(text);
    known.set(text, tokens);
    return tokens;
  };
  const rows: (readonly [string, Totals])[] = [];
  for (const folder of ['taubench', 'magagent'] as const) {
    const sessions = readAgentSessions(folder);
    const alone = sumUp(sessions.map((session) => measure([session], encode)));
    rows.push([`${folder}, each session alone`, alone]);
    rows.push([`${folder}, all in one registry`, measure(sessions, encode)]);
  }
  print(rows);
}

await main();
