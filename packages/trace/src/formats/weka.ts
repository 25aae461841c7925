import {
  BOOL,
  call,
  caseOf,
  col,
  type Expr,
  extend,
  F64,
  field,
  listOf,
  lit,
  type Plan,
  parseJson,
  project,
  scan,
  structOf,
  TEXT,
  type Type,
  U64,
  unnest,
} from '@wavetune/ir';
import type { TraceFormat } from '../trace-format.ts';
import {
  blockSizeRules,
  canonicalRows,
  chainRule,
  countRules,
  finiteRules,
  idRules,
} from './canonical.ts';
import { hasColumns } from './has-columns.ts';

const REQUEST = { t: F64, type: TEXT, in: F64, out: F64, hash_ids: listOf(U64) };
const REQUEST_OR_AGENT: Readonly<Record<string, Type>> = {
  ...REQUEST,
  agent_id: TEXT,
  requests: listOf(structOf(REQUEST)),
};
const DOCUMENT = structOf({
  id: TEXT,
  block_size: F64,
  hash_id_scope: TEXT,
  requests: listOf(structOf(REQUEST_OR_AGENT)),
});

/**
 * Weka's agentic conversations, a JSON document each: seconds, full blocks only, ids local to the file.
 *
 * A subagent's requests stand at its own start plus their own `t`, in a session of their own.
 */
export const weka: TraceFormat = {
  name: 'weka',
  summary: 'Weka agentic conversations, one JSON document a file; seconds; ids local to a file',
  keys: ['id', 'block_size', 'hash_id_scope', 'requests'],
  layouts: ['json'],
  chain: 'ids',
  idScope: 'file',
  tail: 'drop',
  detect: (sample) => hasColumns(sample, ['requests', 'block_size', 'hash_id_scope']),
  plan: canonicalRequests,
};

function canonicalRequests(files: readonly string[]): Plan {
  const either = (name: string): Expr =>
    caseOf([[col('is_agent'), field(col('inner'), name)]], field(col('outer'), name));
  const start = caseOf([[col('is_agent'), field(col('outer'), 't')]], lit(0));
  return canonicalRows({
    records: requestsOf(files),
    columns: {
      file: col('path'),
      order_ms: call('mul', field(col('outer'), 't'), lit(1000)),
      time_ms: call('mul', call('add', start, either('t')), lit(1000)),
      input_tokens: either('in'),
      output_tokens: call('coalesce', either('out'), lit(0)),
      block_size: col('document_block_size'),
      session: caseOf(
        [[col('is_agent'), call('concat', col('id'), lit('/'), col('agent'))]],
        col('id'),
      ),
      ids: either('hash_ids'),
    },
    rules: [
      { broken: col('is_text'), reason: lit('not a JSON object') },
      {
        broken: col('lacks_requests'),
        reason: lit('requests is missing or is no list'),
      },
      {
        broken: call('ne', col('scope'), lit('local')),
        reason: lit('hash_id_scope is not "local"; only conversations with local ids are read'),
      },
      {
        broken: call('eq', field(col('inner'), 'type'), lit('subagent')),
        reason: lit('a subagent inside a subagent; one level is read'),
      },
      ...finiteRules('time_ms', 't'),
      ...countRules('input_tokens', 'in'),
      ...countRules('output_tokens', 'out'),
      ...blockSizeRules('block_size'),
      ...idRules('ids', 'hash_ids'),
      chainRule('ids', 'hash_ids', 'floor'),
    ],
  });
}

/**
 * A row a request, those of subagents in their place: `outer` is the entry, `inner` the subagent's request. Only what is
 * small goes with a row: a document is as long as all its requests.
 */
function requestsOf(files: readonly string[]): Plan {
  const parsed = extend(scan({ format: 'documents', files }), {
    parsed: parseJson(col('text'), DOCUMENT),
  });
  const ofDocument = (name: string): Expr => field(col('parsed'), name);
  const documents = project(parsed, {
    path: col('file'),
    is_text: call('is_null', col('parsed')),
    id: call('coalesce', ofDocument('id'), col('file')),
    document_block_size: ofDocument('block_size'),
    scope: ofDocument('hash_id_scope'),
    lacks_requests: call('is_null', ofDocument('requests')),
    entries: orOneNull(ofDocument('requests')),
  });
  const entries = unnest(documents, 'entries', { item: 'outer', ordinality: 'record' });
  const isAgent = call('eq', field(col('outer'), 'type'), lit('subagent'));
  const nested = extend(entries, {
    is_agent: call('coalesce', isAgent, lit(false, BOOL)),
    agent: call('coalesce', field(col('outer'), 'agent_id'), lit('')),
    nested: field(col('outer'), 'requests'),
  });
  const inners = extend(nested, {
    inners: caseOf([[col('is_agent'), col('nested')]], oneNull(col('nested'))),
  });
  return unnest(inners, 'inners', { item: 'inner' });
}

/** The list, or a list of one null where there is none, so that `unnest` keeps the row. */
function orOneNull(list: Expr): Expr {
  return caseOf([[call('is_null', list), oneNull(list)]], list);
}

/** A list of one item outside the list: null, of the item's type. */
function oneNull(list: Expr): Expr {
  return call('list', call('list_get', list, lit(LAST_POSITION)));
}

const LAST_POSITION = 2n ** 31n - 1n;
