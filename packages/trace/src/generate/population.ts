import { createRng, type Rng } from '@wavetune/core';
import { createZipf, drawTokens, type LogNormal, type Zipf } from './distributions.ts';

/** A kind of content that sessions of one tenant share: how many there are, and how long they are. */
export interface ContentKind {
  /** Unique among all kinds; from 1 to 255. */
  readonly code: number;
  readonly perTenant: number;
  readonly tokens: LogNormal;
}

/** One piece of shared content. */
export interface Content {
  /** Names it in a {@link Prompt}. */
  readonly number: number;
  readonly tokens: number;
}

/** What sessions draw from: the stream of random numbers, and the contents that they share, by popularity. */
export interface Population {
  readonly rng: Rng;
  /** A piece of this kind that the tenant has, popular ones more often (Zipf). */
  draw(kind: ContentKind, tenant: number): Content;
  /** The rank of such a piece, drawn from `rng`. */
  drawRank(kind: ContentKind, rng: Rng): number;
  /** The tenant's piece of this rank: the same at every call, whatever was drawn before. */
  content(kind: ContentKind, tenant: number, rank: number): Content;
  /** A stream of its own for a piece of content: what it is made of does not depend on when it is drawn. */
  rngOf(contentNumber: number): Rng;
}

const TENANTS_AT_MOST = 2 ** 20;
const RANKS_AT_MOST = 2 ** 20;
/** 2^32 divided by the golden ratio: neighbouring seeds give unrelated streams. */
const SEED_SPREAD = 0x9e37_79b9;

/** Cost: one Zipf table a kind and one entry a piece that was ever drawn; each follows from the seed, its tenant and its rank. */
export function createPopulation(rng: Rng, seed: number, zipfExponent: number): Population {
  const zipfOf = new Map<number, Zipf>();
  const contents = new Map<number, Content>();
  const drawRank = (kind: ContentKind, from: Rng): number => {
    let zipf = zipfOf.get(kind.code);
    if (zipf === undefined) {
      zipf = createZipf(kind.perTenant, zipfExponent);
      zipfOf.set(kind.code, zipf);
    }
    return zipf.draw(from);
  };
  const rngOf = (contentNumber: number): Rng => {
    const low = (contentNumber ^ Math.imul(seed, SEED_SPREAD)) >>> 0;
    return createRng(Math.floor(contentNumber / 2 ** 32) * 2 ** 32 + low);
  };
  const content = (kind: ContentKind, tenant: number, rank: number): Content => {
    const number = (kind.code * TENANTS_AT_MOST + tenant) * RANKS_AT_MOST + rank;
    let found = contents.get(number);
    if (found === undefined) {
      found = { number, tokens: drawTokens(rngOf(number), kind.tokens) };
      contents.set(number, found);
    }
    return found;
  };
  return {
    rng,
    drawRank,
    content,
    rngOf,
    draw: (kind, tenant) => content(kind, tenant, drawRank(kind, rng)),
  };
}
