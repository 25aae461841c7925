/** Names blocks so that the trace's ids are dense, in order of first appearance, and chained. */
export interface PromptSpace {
  readonly blockSize: number;
  /** An empty prompt. */
  open(): Prompt;
}

/**
 * A prompt as it grows, in pieces of content. Two prompts have the same block at the same place exactly if they were given
 * the same shared pieces up to the block's end.
 *
 * Own blocks get their ids when they are first sent, shared ones when they are first appended: append shared content only
 * where a request follows.
 *
 * Memory: one pair of numbers for each run of consecutive ids, not one for each block.
 */
export interface Prompt {
  readonly tokens: number;
  /** Full blocks that other prompts can have too. */
  readonly sharedBlocks: number;
  /** Content that prompts have in common, by its number; everything before it must be shared too. */
  appendShared(content: number, tokens: number): void;
  /** Content that no other prompt has. */
  appendOwn(tokens: number): void;
  /** Forgets all that is not shared. */
  rewindToShared(): void;
  /** Blocks of a request that sends this prompt, the partial last one counted. */
  readonly blocks: number;
  /** Writes their ids, root first. The partial last block gets a new id: with more text it is another block. */
  writeBlocks(out: Uint32Array): void;
}

/** A piece of shared content after a certain shared prefix: it owns the blocks that end inside it. */
interface SharedNode {
  readonly endTokens: number;
  readonly firstBlock: number;
  readonly blocks: number;
  /** By the number of the content that follows; made with the first. */
  next: Map<number, SharedNode> | undefined;
}

/** Cost: one node a distinct sequence of shared pieces that ever was used. */
export function createPromptSpace(blockSize: number): PromptSpace {
  let nextBlock = 0;
  const names: BlockNames = {
    blockSize,
    root: createNode(0, 0, 0),
    take(count) {
      nextBlock += count;
      return nextBlock - count;
    },
    blocksBetween: (begin, end) => Math.floor(end / blockSize) - Math.floor(begin / blockSize),
  };
  return { blockSize, open: () => openPrompt(names) };
}

interface BlockNames {
  readonly blockSize: number;
  readonly root: SharedNode;
  /** The first of `count` new ids. */
  take(count: number): number;
  /** Blocks that end in `(begin, end]`. */
  blocksBetween(begin: number, end: number): number;
}

function openPrompt(names: BlockNames): Prompt {
  let runs: number[] = [];
  let tokens = 0;
  let namedTokens = 0;
  let shared = names.root;
  let sharedRuns = 0;
  return {
    get tokens() {
      return tokens;
    },
    get sharedBlocks() {
      return Math.floor(shared.endTokens / names.blockSize);
    },
    get blocks() {
      return Math.ceil(tokens / names.blockSize);
    },
    appendShared(content, count) {
      if (tokens !== shared.endTokens) throw new Error('shared content after own content');
      let node = shared.next?.get(content);
      if (node === undefined) {
        const blocks = names.blocksBetween(tokens, tokens + count);
        node = createNode(tokens + count, names.take(blocks), blocks);
        shared.next ??= new Map();
        shared.next.set(content, node);
      }
      shared = node;
      tokens = node.endTokens;
      namedTokens = tokens;
      if (node.blocks > 0) runs.push(node.firstBlock, node.blocks);
      sharedRuns = runs.length;
    },
    appendOwn(count) {
      tokens += count;
    },
    rewindToShared() {
      runs = runs.slice(0, sharedRuns);
      tokens = shared.endTokens;
      namedTokens = tokens;
    },
    writeBlocks(out) {
      const unnamed = names.blocksBetween(namedTokens, tokens);
      if (unnamed > 0) runs.push(names.take(unnamed), unnamed);
      namedTokens = tokens;
      let at = 0;
      for (let run = 0; run < runs.length; run += 2) {
        const end = at + runs[run + 1];
        let id = runs[run];
        while (at < end) out[at++] = id++;
      }
      if (tokens % names.blockSize > 0) out[at] = names.take(1);
    },
  };
}

function createNode(endTokens: number, firstBlock: number, blocks: number): SharedNode {
  return { endTokens, firstBlock, blocks, next: undefined };
}
