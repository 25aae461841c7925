import {
  call,
  caseOf,
  col,
  type Expr,
  extend,
  F64,
  type Field,
  filter,
  I64,
  lit,
  type Plan,
  parseJson,
  project,
  type StructType,
  scan,
  TEXT,
  tryCast,
} from '@wavetune/ir';

/** A rule that a record breaks where `broken` is true, and what to say then; `broken` sees the canonical columns. */
export interface Rule {
  readonly broken: Expr;
  readonly reason: Expr;
}

/** What the canonical rows of a format are made of. */
export interface CanonicalSpec {
  /** Rows with a column `record`. */
  readonly records: Plan;
  /** The canonical columns but `record`, `reason` and `text`, over the columns of `records`. */
  readonly columns: Readonly<Record<string, Expr>>;
  /** Tried in order, over the columns of `records` and the canonical ones. */
  readonly rules: readonly Rule[];
  /** The record as text, for formats whose records hold neither prompts nor tokens. */
  readonly text?: Expr;
}

/** What a column of u32 holds. */
export const LARGEST_COUNT = 0xffff_ffff;
const QUOTED_CHARACTERS = 200n;

/** Records with their canonical columns and the reason why a record is bad, null for a good one. */
export function canonicalRows({ records, columns, rules, text }: CanonicalSpec): Plan {
  const known = extend(records, columns);
  const isBad = call('not', call('is_null', col('reason')));
  const judged = extend(known, {
    reason: caseOf(
      rules.map(({ broken, reason }) => [broken, reason]),
      lit(null, TEXT),
    ),
  });
  const quoted = text ? call('substring', text, lit(1n), lit(QUOTED_CHARACTERS)) : lit(null, TEXT);
  return project(judged, {
    record: col('record'),
    reason: col('reason'),
    bad_text: caseOf([[isBad, quoted]], lit(null, TEXT)),
    ...Object.fromEntries(Object.keys(columns).map((name) => [name, col(name)])),
  });
}

/** Rows of Parquet or CSV files: `record` from 1, and each field as `in.` and its name, clear of the canonical names. */
export function columnRecords(
  format: 'parquet' | 'csv',
  files: readonly string[],
  columns: readonly Field[],
): Plan {
  const position = { file: 'wavetune.file', row: 'wavetune.row' };
  return project(scan({ format, files, columns, position }), {
    record: col(position.row),
    ...Object.fromEntries(columns.map(({ name }) => [`in.${name}`, col(name)])),
  });
}

/** Lines of JSON as {@link columnRecords} has rows, without numbers and in any order. */
export function quickRecords(files: readonly string[], columns: readonly Field[]): Plan {
  return project(scan({ format: 'json_lines', files, columns }), {
    record: lit(0n),
    ...Object.fromEntries(columns.map(({ name }) => [`in.${name}`, col(name)])),
  });
}

/** A field of {@link columnRecords}. */
export function inputColumn(name: string): Expr {
  return col(`in.${name}`);
}

/** Nearly every line does; trimming takes as long as parsing, and a case, unlike an `or`, spares it these lines. */
const opensAnObject = call('starts_with', col('text'), lit('{'));
const trimmed = call('trim', col('text'));

/** Lines of JSON that are not blank: `file`, `record`, `text`, and `parsed`, null where a line is no object. */
export function jsonLines(files: readonly string[], type: StructType): Plan {
  const lines = scan({ format: 'lines', files });
  return extend(filter(lines, caseOf([[opensAnObject, lit(true)]], call('ne', trimmed, lit('')))), {
    record: col('line'),
    parsed: parseJson(col('text'), type),
  });
}

export const notJson: Rule = {
  broken: call(
    'or',
    call('is_null', col('parsed')),
    caseOf([[opensAnObject, lit(false)]], call('not', call('starts_with', trimmed, lit('{')))),
  ),
  reason: lit('not a JSON object'),
};

/** `name` is there and a whole number of at most 2^32 − 1. */
export function countRules(column: string, name: string): readonly Rule[] {
  const value = col(column);
  return [
    missing(value, name, 'number'),
    {
      broken: call(
        'not',
        call(
          'and',
          call('ge', value, lit(0)),
          call('le', value, lit(LARGEST_COUNT)),
          call('eq', call('floor', value), value),
        ),
      ),
      reason: call(
        'concat',
        lit(`${name} is `),
        tryCast(value, TEXT),
        lit(`; accepted is a whole number from 0 to ${LARGEST_COUNT}`),
      ),
    },
  ];
}

/** As {@link countRules}, and not 0. */
export function blockSizeRules(name: string): readonly Rule[] {
  return [
    ...countRules('block_size', name),
    { broken: call('eq', col('block_size'), lit(0)), reason: lit(`${name} is 0`) },
  ];
}

/** `name` is there and finite. */
export function finiteRules(column: string, name: string): readonly Rule[] {
  const value = col(column);
  const largest = lit(Number.MAX_VALUE);
  return [
    missing(value, name, 'number'),
    {
      broken: call(
        'not',
        call('and', call('ge', value, lit(-Number.MAX_VALUE)), call('le', value, largest)),
      ),
      reason: call(
        'concat',
        lit(`${name} is `),
        tryCast(value, TEXT),
        lit('; accepted is a finite number'),
      ),
    },
  ];
}

/** As {@link finiteRules}, and not negative. */
export function sizeRules(column: string, name: string): readonly Rule[] {
  const value = col(column);
  return [
    ...finiteRules(column, name),
    {
      broken: call('lt', value, lit(0)),
      reason: call(
        'concat',
        lit(`${name} is `),
        tryCast(value, TEXT),
        lit('; accepted is 0 or more'),
      ),
    },
  ];
}

/** `name` is a list, each item of which is a u64. */
export function idRules(column: string, name: string): readonly Rule[] {
  return [
    missing(col(column), name, 'list'),
    noWholeNumbers(call('list_has_null', col(column)), name),
  ];
}

/**
 * As {@link idRules}, for a key `name` of {@link jsonLines}, where a fraction would be rounded to the id of another block.
 *
 * The second look is expensive and comes only where the line holds a point at all.
 */
export function jsonIdRules(column: string, name: string): readonly Rule[] {
  const fraction = `"${name}"\\s*:\\s*\\[[^\\]]*[0-9]\\.[0-9]*[1-9]`;
  const hasFraction = call(
    'and',
    call('regex_match', col('text'), lit('\\.')),
    call('regex_match', col('text'), lit(fraction)),
  );
  return [...idRules(column, name), noWholeNumbers(hasFraction, name)];
}

function noWholeNumbers(broken: Expr, name: string): Rule {
  return {
    broken,
    reason: lit(`${name} holds something else than whole numbers from 0 to 2^64 − 1`),
  };
}

export function missing(value: Expr, name: string, accepted: 'number' | 'list' | 'text'): Rule {
  return {
    broken: call('is_null', value),
    reason: lit(`${name} is missing or is no ${accepted}`),
  };
}

/** Which block counts a record of a given input length may have. */
export type ChainLength = 'ceil' | 'floor' | 'floor-or-ceil';

/** The canonical chain's length agrees with `input_tokens` and `block_size`. */
export function chainRule(ids: string, length: string, accepted: ChainLength): Rule {
  const count = tryCast(call('list_length', col(ids)), F64);
  const input = col('input_tokens');
  const size = col('block_size');
  const floor = call('floor', call('div', input, size));
  const ceil = call('floor', call('div', call('sub', call('add', input, size), lit(1)), size));
  const broken = {
    ceil: call('ne', count, ceil),
    floor: call('ne', count, floor),
    'floor-or-ceil': call('or', call('lt', count, floor), call('gt', count, ceil)),
  }[accepted];
  return {
    broken,
    reason: call(
      'concat',
      lit(`${length} has `),
      shown(count),
      lit(' ids; '),
      shown(input),
      lit(' tokens of input in blocks of '),
      shown(size),
      lit(' make '),
      shown(accepted === 'floor' ? floor : ceil),
      lit('; is the block size right?'),
    ),
  };
}

/** A count as text, without a fraction. */
function shown(value: Expr): Expr {
  return tryCast(tryCast(value, I64), TEXT);
}
