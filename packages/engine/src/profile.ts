import type { DuckDBConnection } from '@duckdb/node-api';
import { profileOf } from '@wavetune/sql';

/** What one operator of a query that ran cost. */
export interface OperatorProfile {
  readonly name: string;
  readonly rows: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly children: readonly OperatorProfile[];
}

/** What a query that ran cost, its operators from the result down. */
export interface Profile {
  readonly seconds: number;
  readonly peakMemoryBytes: number;
  /** The most that lay in temporary files at once. */
  readonly spilledBytes: number;
  readonly operators: readonly OperatorProfile[];
}

/** DuckDB's profile: a tree of nodes, of which we read these keys. */
interface ProfileNode {
  readonly operator_type?: string;
  readonly operator_cardinality?: number;
  readonly operator_timing?: number;
  readonly result_set_size?: number;
  readonly latency?: number;
  readonly system_peak_buffer_memory?: number;
  readonly system_peak_temp_dir_size?: number;
  readonly children?: readonly ProfileNode[];
}

/** Runs the query for its profile alone. */
export async function runProfile(connection: DuckDBConnection, sql: string): Promise<Profile> {
  const reader = await connection.runAndReadAll(profileOf(sql));
  const root = JSON.parse(String(reader.getRows()[0][1])) as ProfileNode;
  return {
    seconds: root.latency ?? 0,
    peakMemoryBytes: root.system_peak_buffer_memory ?? 0,
    spilledBytes: root.system_peak_temp_dir_size ?? 0,
    operators: (root.children ?? []).flatMap(withoutWrapper).map(operatorProfile),
  };
}

/** The operators below the node that stands for the profiling itself. */
function withoutWrapper(node: ProfileNode): readonly ProfileNode[] {
  return node.operator_type === 'EXPLAIN_ANALYZE' ? (node.children ?? []) : [node];
}

function operatorProfile(node: ProfileNode): OperatorProfile {
  return {
    name: node.operator_type ?? 'UNKNOWN',
    rows: node.operator_cardinality ?? 0,
    seconds: node.operator_timing ?? 0,
    bytes: node.result_set_size ?? 0,
    children: (node.children ?? []).map(operatorProfile),
  };
}
