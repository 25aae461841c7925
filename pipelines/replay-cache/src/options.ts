import { fileURLToPath } from 'node:url';
import { MODEL_OPTIONS } from '@wavetune/cache-sizing';
import { ROUTINGS } from '@wavetune/cachesim';
import type { OptionsOf, OptionTable } from '@wavetune/cli';
import {
  ENGINE_OPTION,
  engineKind,
  faultOfEngine,
  faultOfLogOptions,
  LOG_OPTIONS,
} from '@wavetune/log-input';
import { parseShards } from './sharded/sharding.ts';

/** The command line of `replay-cache`. */
export const OPTIONS = {
  trace: {
    type: 'string',
    array: true,
    demandOption: true,
    describe: 'Files or globs; plain, .gz or .zst',
  },
  policies: {
    type: 'string',
    default: 'all',
    describe:
      'all, or names: lru,arc,lru-k:k=3; optimum is the bound, learned fits a table before the window',
  },
  capacities: {
    type: 'string',
    default: '1%,5%,10%,25%,50%',
    describe: 'Shares of the distinct blocks, blocks, or sizes (with --model): 5%,8192,40GiB',
  },
  'measure-from': {
    type: 'number',
    default: 0.5,
    describe: 'Share of the requests that only warm the cache',
  },
  residency: {
    type: 'string',
    choices: ['closed', 'free'],
    default: 'closed',
    describe: 'closed: a block stays while its children do; free: any block may leave',
  },
  hits: {
    type: 'string',
    choices: ['continuous', 'independent'],
    default: 'continuous',
    describe: 'continuous: a block counts only if all before it are hit; independent: each counts',
  },
  tenants: {
    type: 'string',
    choices: ['shared', 'partitioned'],
    default: 'shared',
    describe: 'partitioned: each tenant has a cache of its own, an equal share of the capacity',
  },
  replicas: {
    type: 'number',
    default: 1,
    describe: 'Caches that share the capacity out, with requests routed among them',
  },
  routing: {
    type: 'string',
    choices: ROUTINGS,
    default: 'prefix-aware',
    describe: 'How requests find a replica',
  },
  pins: {
    type: 'string',
    describe: 'A wavespec.json: its pinned blocks, for pinned-lru and mooncake',
  },
  why: {
    type: 'boolean',
    default: false,
    describe: 'Also say why the best policy missed, and where prompt tokens are lost',
  },
  'why-at': {
    type: 'string',
    describe: 'The same, but only at these of --capacities',
  },
  tiers: {
    type: 'string',
    describe:
      'Instead of policies: LRU over tiers, name=SIZE[@GB/s[:ms]]: gpu=40GiB,cpu=200GiB@50,disk=2TiB@5:0.1',
  },
  holding: {
    type: 'string',
    choices: ['exclusive', 'inclusive'],
    default: 'exclusive',
    describe: 'Tiers: a block lies in one of them, or also in those below',
  },
  'gib-pays': {
    type: 'number',
    default: 0.1,
    describe: 'Tiers: seconds that a GiB must save over the window to pay',
  },
  curve: {
    type: 'string',
    choices: ['lru', 'ttl'],
    describe: 'Instead of policies: LRU at every capacity, or every time to live, in one pass',
  },
  'lru-curve-out': {
    type: 'string',
    describe: 'Beside the policies: write the document of --curve lru here, exact',
  },
  'ttl-curve-out': {
    type: 'string',
    describe: 'Beside the policies: write the document of --curve ttl here',
  },
  sample: {
    type: 'number',
    default: 1,
    describe: 'Share of the chains to look at, for policies and --curve lru; 1 is exact',
  },
  shards: {
    type: 'string',
    describe:
      'Replay parts that share no cache, each in its own, and add up: tenant, model, or hash:N for N random parts of the chains (hash:N/K: only K of them, a sample). ' +
      'Each is measured on the last part of its own requests. A share as capacity is of its own blocks; a size is that of each ' +
      'tenant’s or model’s cache, and is divided by N. hash:N estimates one shared cache, with a standard error',
  },
  'shard-depth': {
    type: 'number',
    default: 2,
    describe: 'With hash:N: a chain goes by its block at this depth, a shorter one by its last',
  },
  engine: {
    ...ENGINE_OPTION.engine,
    describe: `${ENGINE_OPTION.engine.describe}; with --shards its workers also replay them, next to their rows`,
  },
  'worker-node': {
    type: 'string',
    default: process.execPath,
    defaultDescription: 'the Node that runs this command',
    describe: 'With --shards on an engine: the path of Node on every worker',
  },
  'worker-folder': {
    type: 'string',
    default: fileURLToPath(new URL('../../../out/shards', import.meta.url)),
    defaultDescription: 'out/shards of the project',
    describe:
      'With --shards on an engine: a folder that every worker sees under this path, for the program',
  },
  'sample-size': {
    type: 'number',
    describe: 'With --curve lru: look at no more than so many blocks at a time',
  },
  ...MODEL_OPTIONS,
  ...LOG_OPTIONS,
  out: { type: 'string', describe: 'Write cache-replay/1 here (JSON)' },
  json: {
    type: 'boolean',
    default: false,
    describe: 'The document on standard output instead of table and plot',
  },
} as const satisfies OptionTable;

export type RawOptions = OptionsOf<typeof OPTIONS>;

/** What must hold, and what to say where it does not. */
type Rule = readonly [holds: boolean, otherwise: string];

/** What is wrong between options, or nothing. */
export function faultOf(raw: RawOptions): string | undefined {
  const { 'measure-from': from, replicas, tenants, curve, tiers, 'gib-pays': pays } = raw;
  const isSplit = tenants === 'partitioned' || replicas !== 1;
  const rules: readonly Rule[] = [
    [from >= 0 && from <= 1, `--measure-from ${from}: accepted is a ratio from 0 to 1`],
    [
      Number.isInteger(replicas) && replicas >= 1 && replicas <= 1024,
      `--replicas ${replicas}: accepted is a whole number from 1 to 1024`,
    ],
    ...sampleRules(raw),
    ...shardRules(raw),
    [pays > 0, `--gib-pays ${pays}: accepted is a positive number of seconds`],
    [
      tenants !== 'partitioned' || replicas === 1,
      '--tenants partitioned and --replicas split the cache in two ways; give one',
    ],
    [!isSplit || raw.pins === undefined, '--pins goes with one cache, not with a split one'],
    [!isSplit || raw.hits === 'continuous', 'a split cache counts --hits continuous only'],
    [
      !explains(raw) || (raw.hits === 'continuous' && raw.residency === 'closed'),
      '--why goes with --residency closed and --hits continuous',
    ],
    [
      !explains(raw) || !/^\s*optimum\s*(,\s*optimum\s*)*$/.test(raw.policies),
      '--why explains policies; the optimum is the bound, and what it misses is lost to the workload and to capacity',
    ],
    [
      !/(^|,)\s*learned\s*(,|$)/.test(raw.policies) ||
        (!isSplit && raw.residency === 'closed' && raw.hits === 'continuous'),
      'learned goes with one cache, --residency closed and --hits continuous',
    ],
    [
      unknownSizes(raw).length === 0,
      `--why-at ${unknownSizes(raw).join(', ')}: accepted are ${listOf(raw.capacities).join(', ')}`,
    ],
    [
      (tiers ?? curve) === undefined ||
        (raw['lru-curve-out'] ?? raw['ttl-curve-out']) === undefined,
      '--lru-curve-out and --ttl-curve-out go with policies; --curve and --tiers write to --out',
    ],
    [tiers === undefined || curve === undefined, '--tiers and --curve both replace the policies'],
    [tiers === undefined || raw.model !== undefined, '--tiers needs --model: tiers are bytes'],
    [!(raw.json && raw.out === '-'), '--json writes the document to standard output already'],
  ];
  return (
    rules.find(([holds]) => !holds)?.[1] ?? faultOfEngine(raw.engine) ?? faultOfLogOptions(raw)
  );
}

/** True where misses are to be explained. */
export function explains(raw: Pick<RawOptions, 'why' | 'why-at'>): boolean {
  return raw.why || raw['why-at'] !== undefined;
}

/** The items of a list, as the user wrote them. */
export function listOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}

function unknownSizes(raw: RawOptions): readonly string[] {
  const known = listOf(raw.capacities);
  return listOf(raw['why-at'] ?? known[0]).filter((text) => !known.includes(text));
}

function sampleRules(raw: RawOptions): readonly Rule[] {
  const { sample, 'sample-size': size, curve, tiers, tenants, replicas, pins, policies } = raw;
  const isSplit = tenants === 'partitioned' || replicas !== 1;
  return [
    [sample > 0 && sample <= 1, `--sample ${sample}: accepted is a ratio above 0, at most 1`],
    [
      sample === 1 || (curve !== 'ttl' && tiers === undefined),
      '--sample goes with policies and --curve lru; --curve ttl and --tiers are exact in one pass',
    ],
    [
      sample === 1 || curve !== undefined || (!isSplit && !explains(raw) && pins === undefined),
      '--sample estimates one cache; it goes with no split, no --why and no --pins',
    ],
    [
      sample === 1 || curve !== undefined || !/(^|,)\s*learned\s*(,|$)/.test(policies),
      '--sample does not go with learned, which is fitted to the whole trace',
    ],
    [
      size === undefined || (Number.isInteger(size) && size >= 1),
      `--sample-size ${size}: accepted is a whole number of blocks from 1`,
    ],
    [size === undefined || curve === 'lru', '--sample-size goes with --curve lru'],
    [
      size === undefined || sample === 1,
      '--sample and --sample-size are two ways to sample; give one',
    ],
  ];
}

/** Options that ask for something else than each policy at each capacity in a cache of its own. */
function shardRules(raw: RawOptions): readonly Rule[] {
  const { shards, 'shard-depth': depth, curve, tiers, pins, tenants, replicas } = raw;
  const beside = raw['lru-curve-out'] ?? raw['ttl-curve-out'] ?? raw['sample-size'];
  const others = [curve, tiers, pins, beside].some((value) => value !== undefined);
  return [
    [
      Number.isInteger(depth) && depth >= 1 && depth <= 65_536,
      `--shard-depth ${depth}: accepted is a whole number from 1 to 65536`,
    ],
    [
      shards === undefined || parseShards(shards, depth) !== undefined,
      `--shards ${shards}: accepted are tenant, model, hash:N and hash:N/K, N from 1 to 65536, K at most N`,
    ],
    [
      shards === undefined || raw.engine === undefined || engineKind(raw.engine) === 'spark',
      '--engine with --shards: accepted is sc://host:port, a Spark Connect server, whose workers run programs',
    ],
    [
      shards === undefined || raw.engine === undefined || raw.quarantine === undefined,
      '--quarantine goes without --shards on an engine: bad records are counted there, not brought here',
    ],
    [
      shards === undefined ||
        !(others || explains(raw) || tenants !== 'shared' || replicas !== 1 || raw.sample !== 1),
      '--shards goes with policies, each in a cache of its own; not with --curve, --tiers, --pins, --why, --tenants, --replicas, --sample',
    ],
  ];
}
