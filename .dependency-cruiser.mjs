// The layers of the project: a package imports only what stands in its row here, and only through the package's index.
const LAYERS = {
  core: [],
  ir: ['core'],
  catalog: ['core'],
  trace: ['core', 'ir'],
  sql: ['core', 'ir'],
  metrics: ['core', 'ir'],
  prefix: ['core'],
  cachesim: ['core'],
  interning: ['core'],
  shards: ['core', 'interning', 'cachesim'],
  'shard-program': ['core', 'shards'],
  kernels: ['core'],
  documents: ['core'],
  report: ['core', 'documents'],
  engine: ['core', 'ir', 'sql', 'metrics'],
  spark: ['core', 'ir', 'sql', 'engine'],
  clickhouse: ['core', 'ir', 'sql', 'engine'],
  pool: ['core', 'prefix', 'cachesim', 'kernels', 'shards'],
  ingest: ['core', 'ir', 'trace', 'sql', 'metrics', 'engine', 'interning'],
  cli: ['core'],
  'kernel-input': ['core', 'catalog', 'kernels'],
  'cache-sizing': ['core', 'catalog', 'cli'],
  'plan-input': ['core', 'ir', 'metrics', 'engine', 'kernels', 'documents', 'cli'],
  'log-input': ['core', 'ir', 'trace', 'engine', 'spark', 'clickhouse', 'ingest', 'cli'],
  'prefix-index': ['core', 'ir', 'trace', 'prefix', 'engine', 'ingest', 'interning'],
  'policy-engine': [
    'core',
    'catalog',
    'ir',
    'trace',
    'engine',
    'ingest',
    'cachesim',
    'pool',
    'documents',
  ],
  'context-registry': ['core', 'catalog', 'trace', 'prefix', 'documents'],
};
const LIBRARY_OWNERS = { '@duckdb/node-api': 'engine', piscina: 'pool', yargs: 'cli' };

const packageRules = Object.entries(LAYERS).map(([name, allowed]) => ({
  name: `layer-${name}`,
  severity: 'error',
  comment: `packages/${name} imports only ${allowed.join(', ') || 'nothing of ours'}`,
  from: { path: `^packages/${name}/src/` },
  to: {
    path: '^(packages|pipelines)/',
    pathNot: `^packages/(${[name, ...allowed].join('|')})/`,
  },
}));

const ownerRules = Object.entries(LIBRARY_OWNERS).map(([library, owner]) => ({
  name: `owner-of-${library.replace(/\W+/g, '-')}`,
  severity: 'error',
  comment: `only packages/${owner} imports ${library}`,
  from: { path: '^(packages|pipelines)/[^/]+/src/', pathNot: `^packages/${owner}/` },
  to: { path: `node_modules/${library}/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...packageRules,
    ...ownerRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'index-is-the-only-door',
      severity: 'error',
      from: { path: '^(packages|pipelines|benchmarks|tests)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: [
          '^packages/[^/]+/src/index\\.ts$',
          '^packages/prefix-index/src/(service|client|scan)/index\\.ts$',
          '^packages/context-registry/src/server/index\\.ts$',
          '^$1',
        ],
      },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'default'],
    },
    exclude: { path: '(^|/)(node_modules|out)/' },
  },
};
