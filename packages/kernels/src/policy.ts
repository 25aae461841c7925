/** How a matrix multiplication is cut into blocks and pipelined. */
export interface TilePolicy {
  readonly blockM: number;
  readonly blockN: number;
  readonly blockK: number;
  /** Row blocks that share a sweep over the columns, for reuse in L2 (GROUP_SIZE_M). */
  readonly groupM: number;
  /** Software-pipelined copies in flight (num_stages). */
  readonly stages: number;
  readonly warps: number;
  /** Blocks that share one output tile, each with a part of K. */
  readonly splitK: number;
}

/** True where both name the same kernel. */
export function samePolicy(left: TilePolicy, right: TilePolicy): boolean {
  return (
    sameTile(left, right) &&
    left.groupM === right.groupM &&
    left.stages === right.stages &&
    left.warps === right.warps &&
    left.splitK === right.splitK
  );
}

/** True where both cut the problem into the same blocks. */
export function sameTile(left: TilePolicy, right: TilePolicy): boolean {
  return (
    left.blockM === right.blockM && left.blockN === right.blockN && left.blockK === right.blockK
  );
}

/** A policy under the names that documents use. */
export interface PolicyFields {
  readonly BM: number;
  readonly BN: number;
  readonly BK: number;
  readonly swizzle_size: number;
  readonly stage_depth: number;
  readonly num_warps: number;
  readonly split_k: number;
}

export function toPolicyFields(policy: TilePolicy): PolicyFields {
  return {
    BM: policy.blockM,
    BN: policy.blockN,
    BK: policy.blockK,
    swizzle_size: policy.groupM,
    stage_depth: policy.stages,
    num_warps: policy.warps,
    split_k: policy.splitK,
  };
}

export function fromPolicyFields(fields: PolicyFields): TilePolicy {
  return {
    blockM: fields.BM,
    blockN: fields.BN,
    blockK: fields.BK,
    groupM: fields.swizzle_size,
    stages: fields.stage_depth,
    warps: fields.num_warps,
    splitK: fields.split_k,
  };
}
