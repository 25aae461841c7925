import { kernelsError } from './kernels-errors.ts';

/** How tokens spread over experts: evenly, or as a power law of the given exponent. */
export type Routing =
  | { readonly kind: 'balanced' }
  | { readonly kind: 'power-law'; readonly exponent: number };

/** Popularities where routed tokens are fewer than experts. Chosen: gives the active experts that measured times imply. */
const SCARCE_RANGE = [0.1, 2] as const;

/** Tokens an expert, busiest first; the idle experts are left out. Sums to the routed tokens. */
export type ExpertLoads = Uint32Array;

/**
 * Spreads `routedTokens` (tokens × top-k) over `experts`.
 *
 * Balanced gives every expert the same load, to within one token. The power law takes the quantiles (i + ½)/experts of
 * P(x) ∝ x^−exponent on [1, 0.8 tokens] (on [0.01, 2] where there are fewer routed tokens than experts) and scales them
 * to the sum: the expectation of the sampling that the measured tables used, so the answer needs no seed.
 *
 * Cost: O(experts log experts).
 */
export function expertLoads(options: {
  readonly tokens: number;
  readonly topK: number;
  readonly experts: number;
  readonly routing: Routing;
}): ExpertLoads {
  const { tokens, topK, experts, routing } = options;
  const routedTokens = tokens * topK;
  if (routing.kind === 'balanced') return balancedLoads(routedTokens, experts);
  return powerLawLoads({ tokens, routedTokens, experts, exponent: routing.exponent });
}

/**
 * Reads `balanced` or `power_law_<exponent>`.
 *
 * @throws WavetuneError `kernels.bad-routing`
 */
export function parseRouting(text: string): Routing {
  if (text === 'balanced') return { kind: 'balanced' };
  const exponent = /^power_law_(\d+(?:\.\d+)?)$/.exec(text)?.[1];
  if (exponent === undefined || Number(exponent) <= 0)
    throw kernelsError('kernels.bad-routing', { text });
  return { kind: 'power-law', exponent: Number(exponent) };
}

/** Blocks of `blockM` rows that the loads need: each expert rounds up on its own. */
export function blocksOf(loads: ExpertLoads, blockM: number): number {
  let blocks = 0;
  for (const load of loads) blocks += Math.ceil(load / blockM);
  return blocks;
}

function balancedLoads(routedTokens: number, experts: number): ExpertLoads {
  const active = Math.min(experts, routedTokens);
  const base = Math.floor(routedTokens / active);
  const rest = routedTokens - base * active;
  return Uint32Array.from({ length: active }, (_, expert) => base + (expert < rest ? 1 : 0));
}

function powerLawLoads(options: {
  readonly tokens: number;
  readonly routedTokens: number;
  readonly experts: number;
  readonly exponent: number;
}): ExpertLoads {
  const { tokens, routedTokens, experts, exponent } = options;
  const scarce = routedTokens <= experts;
  const [low, high] = scarce ? SCARCE_RANGE : [1, Math.max(2, 0.8 * tokens)];
  const popularity = Float64Array.from({ length: experts }, (_, i) =>
    powerLawQuantile((experts - i - 0.5) / experts, { low, high, exponent }),
  );
  const cap = { total: routedTokens, cap: tokens };
  if (!scarce) return apportion(capped(popularity, cap), routedTokens);
  const drawn = popularity.subarray(0, expectedDrawn(popularity, routedTokens));
  const extra = apportion(
    capped(drawn, { total: routedTokens - drawn.length, cap: tokens - 1 }),
    routedTokens - drawn.length,
  );
  return Uint32Array.from(drawn, (_, i) => 1 + (extra[i] ?? 0));
}

/** Experts that `draws` independent draws by popularity are expected to touch; at least one, at most `draws`. */
function expectedDrawn(popularity: Float64Array, draws: number): number {
  const sum = popularity.reduce((left, right) => left + right, 0);
  const touched = popularity.reduce((left, x) => left + 1 - Math.exp((-draws * x) / sum), 0);
  return Math.max(1, Math.min(draws, Math.round(touched)));
}

/** Scales the weights to sum to `total` with none above `cap`: a token goes to an expert once. */
function capped(
  weights: Float64Array,
  { total, cap }: { readonly total: number; readonly cap: number },
): Float64Array {
  let full = 0;
  let rest = weights.reduce((left, right) => left + right, 0);
  let scale = total / rest;
  while (full < weights.length - 1 && weights[full] * scale > cap) {
    rest -= weights[full];
    full += 1;
    scale = (total - full * cap) / rest;
  }
  return weights.map((weight, i) => (i < full ? cap : weight * scale));
}

function powerLawQuantile(
  u: number,
  {
    low,
    high,
    exponent,
  }: { readonly low: number; readonly high: number; readonly exponent: number },
): number {
  if (Math.abs(exponent - 1) < 1e-9) return low * (high / low) ** u;
  const power = 1 - exponent;
  return (low ** power + u * (high ** power - low ** power)) ** (1 / power);
}

/** Rounds the scaled weights so that they sum to `total`: what rounding loses goes to the largest, one each. */
function apportion(weights: Float64Array, total: number): ExpertLoads {
  const sum = weights.reduce((left, right) => left + right, 0);
  const loads = Uint32Array.from(weights, (weight) => Math.round((weight / sum) * total));
  let missing = total - loads.reduce((left, right) => left + right, 0);
  for (let i = 0; missing !== 0; i = (i + 1) % loads.length) {
    if (missing < 0 && loads[i] === 0) continue;
    const step = Math.sign(missing);
    loads[i] += step;
    missing -= step;
  }
  return loads.filter((load) => load > 0);
}
