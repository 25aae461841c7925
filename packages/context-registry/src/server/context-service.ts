import { isWavetuneError } from '@wavetune/core';
import { createOffsetBook, type OffsetBook } from '../anchors/offset-hints.ts';
import {
  createShareability,
  overlapOf,
  type Shareability,
  type ShareabilityReport,
} from '../anchors/shareability.ts';
import type { MemoryCache } from '../memory/memory-cache.ts';
import { createTurns } from '../memory/turns.ts';
import type { Registry } from '../registry/registry.ts';
import type {
  ContextShare,
  Entry,
  ExactPrefix,
  OwnerKey,
  OwnerRef,
  Prompt,
  Registration,
} from '../registry/types.ts';
import type { Embedder } from '../semantic/embedder.ts';
import { createSemanticIndex } from '../semantic/semantic-index.ts';
import { writeSnapshot } from '../snapshot/snapshot.ts';
import type { Speller } from '../tokens/speller.ts';
import { createEmbedding, type Embedding, type Neighbours } from './embedding.ts';
import type {
  ClearQuestion,
  ExplainQuestion,
  MatchQuestion,
  OffsetsQuestion,
  OutcomeQuestion,
  PromptQuestion,
  RegisterQuestion,
  SharedQuestion,
  TargetQuestion,
} from './request-schemas.ts';
import type {
  AskedCounts,
  ClearAnswer,
  MatchAnswer,
  RegisterAnswer,
  ServiceStats,
  SharedAnswer,
} from './service-answers.ts';
import { serviceError } from './service-errors.ts';
import { toKey, toPrompt } from './wire.ts';

/** What the service does, over whatever transport. Questions are valid by their schemas. */
export interface ContextService {
  readonly register: (question: RegisterQuestion) => Promise<RegisterAnswer>;
  readonly shared: (question: SharedQuestion) => Promise<SharedAnswer>;
  readonly match: (question: MatchQuestion) => Promise<MatchAnswer>;
  readonly explain: (question: ExplainQuestion) => Promise<ContextShare>;
  readonly clear: (question: ClearQuestion) => Promise<ClearAnswer>;
  readonly reportOffsets: (question: OffsetsQuestion) => Promise<{ readonly kept: number }>;
  readonly reportOutcome: (question: OutcomeQuestion) => Promise<ShareabilityReport>;
  /** @throws WavetuneError `service.no-snapshot`, `core.cannot-publish` */
  readonly snapshot: () => Promise<{ readonly contexts: number }>;
  readonly stats: () => ServiceStats;
}

export interface ServiceParts {
  /** Its own from here on: the service attaches what it needs. */
  readonly registry: Registry;
  readonly memory?: MemoryCache;
  readonly embedder?: Embedder;
  /** Of the registry's tokenizer; without one, a long text holds up everyone while it is spelled. */
  readonly speller?: Speller;
  readonly snapshotPath?: string;
  /** Told what a call went on without. */
  readonly onFailure?: (failure: unknown) => void;
}

interface ServiceState extends ServiceParts {
  readonly embedding: Embedding | undefined;
  readonly shareability: Shareability;
  readonly offsets: OffsetBook;
  asked: AskedCounts;
}

export function createContextService(parts: ServiceParts): ContextService {
  const { registry, embedder, snapshotPath, onFailure = () => undefined } = parts;
  const index = embedder && createSemanticIndex(embedder.dimensions);
  if (index !== undefined) registry.attach(index);
  const embedding = embedder && index && createEmbedding({ registry, embedder, index, onFailure });
  const state: ServiceState = {
    ...parts,
    embedding,
    shareability: createShareability(),
    offsets: createOffsetBook(registry),
    asked: { hits: 0, misses: 0, promptTokens: 0, savedTokens: 0 },
  };
  const turns = createTurns();
  return {
    register: (question) => register(state, question),
    shared: (question) => shared(state, question),
    match: (question) => match(state, question),
    explain: async ({ owner, target }) => {
      const named = await bringBack(state, [owner], target);
      return registry.sharedContext([owner], named).shares[0];
    },
    clear: (question) => clear(state, question),
    reportOffsets: async ({ first_position: firstPosition, tokens, ...key }) => {
      await state.memory?.bringBack([key]);
      state.offsets.report({ key: toKey(key), firstPosition, tokens });
      return { kept: state.offsets.size() };
    },
    reportOutcome: async ({ cached_tokens: cachedTokens, ...question }) => {
      const overlap = overlapOf(registry.match(await spelled(state, question)));
      state.shareability.measure(overlap, cachedTokens / Math.max(1, overlap.promptTokens));
      return state.shareability.report();
    },
    snapshot: () =>
      turns.take('snapshot', async () => {
        if (snapshotPath === undefined) throw serviceError('service.no-snapshot', {});
        return { contexts: await writeSnapshot(registry, snapshotPath, embedder?.name) };
      }),
    stats: () => ({
      registry: registry.stats(),
      memory: state.memory?.stats(),
      shareability: state.shareability.report(),
      embedder: embedder && { name: embedder.name, contexts: index?.size() ?? 0 },
      offsets: state.offsets.size(),
      failedEmbeddings: embedding?.failures() ?? 0,
      asked: state.asked,
    }),
  };
}

/** A `clear` while the embeddings are being made refuses the registration: it would undo a part of the clearing. */
async function register(
  state: ServiceState,
  { contexts }: RegisterQuestion,
): Promise<RegisterAnswer> {
  const { registry, embedding } = state;
  const { generation } = registry;
  const prompts = await Promise.all(contexts.map((context) => spelled(state, context)));
  const registrations: Registration[] = prompts.map(({ scope, model, ...content }, at) => ({
    tokens: registry.encode(content),
    ...(scope !== undefined && { scope }),
    ...(model !== undefined && { model }),
    key: toKey(contexts[at]),
    generation,
  }));
  const embedded = await embedding?.vectorsOf(prompts);
  const registered = registry.registerMany(
    registrations.map((registration, at) => {
      const vector = embedded?.vectors[at];
      return vector === undefined ? registration : { ...registration, vector };
    }),
  );
  return {
    registered: registered.map(({ entry, replaced, held }) => ({
      owner: entry.key,
      tokens: entry.tokenCount,
      blocks: entry.blockCount,
      replaced,
      held,
    })),
    ...(embedded?.failure !== undefined && { embeddingFailure: embedded.failure }),
  };
}

async function shared(
  state: ServiceState,
  { agents, target, neighbours }: SharedQuestion,
): Promise<SharedAnswer> {
  const named = await bringBack(state, agents, target);
  const near = await nearOf(state, named, neighbours);
  const answer = state.registry.sharedContext(agents, named);
  countAsked(state, answer.saved, answer.promptTokens);
  return { ...answer, ...near };
}

async function match(
  state: ServiceState,
  { neighbours, ...question }: MatchQuestion,
): Promise<MatchAnswer> {
  const prompt = await spelled(state, question);
  const near = await nearOf(state, prompt, neighbours);
  const answer = state.registry.match(prompt);
  countAsked(state, answer.exact, answer.promptTokens);
  return {
    ...answer,
    ...near,
    offsetHints: state.offsets.hints(answer),
    predictedShare: state.shareability.predict(overlapOf(answer)),
  };
}

/**
 * All or nothing, over what is resident and what lies in files.
 *
 * @throws WavetuneError `registry.unknown-owner` where an owner has neither.
 */
async function clear(
  { registry, memory }: ServiceState,
  { owners }: ClearQuestion,
): Promise<ClearAnswer> {
  if (owners === undefined) {
    const cleared = registry.clear();
    return { cleared, forgotten: (await memory?.forgetOffloaded()) ?? 0 };
  }
  const isAway = (owner: OwnerRef): boolean => (memory?.offloaded([owner]) ?? []).length > 0;
  const entries = owners.flatMap((owner) => {
    const resident = isAway(owner) ? residentOf(registry, owner) : registry.entriesOf(owner);
    return resident.map(({ label, key }) => [label, key] as const);
  });
  const keys = new Map(entries);
  registry.remove([...keys.values()]);
  return { cleared: keys.size, forgotten: (await memory?.forgetOffloaded(owners)) ?? 0 };
}

function residentOf(registry: Registry, owner: OwnerRef): readonly Entry[] {
  try {
    return registry.entriesOf(owner);
  } catch (failure) {
    if (isWavetuneError(failure, 'registry.unknown-owner')) return [];
    throw failure;
  }
}

function countAsked(state: ServiceState, held: ExactPrefix, promptTokens: number): void {
  const { asked } = state;
  state.asked = {
    hits: asked.hits + (held.blocks > 0 ? 1 : 0),
    misses: asked.misses + (held.blocks > 0 ? 0 : 1),
    promptTokens: asked.promptTokens + promptTokens,
    savedTokens: asked.savedTokens + held.tokens,
  };
}

/** Brings back what the question names, and says what its target is. */
async function bringBack(
  state: ServiceState,
  owners: readonly OwnerRef[],
  target: TargetQuestion,
): Promise<Prompt | OwnerKey> {
  const { memory } = state;
  if (!('agent' in target)) {
    const prompt = await spelled(state, target);
    await memory?.bringBack(owners);
    return prompt;
  }
  await memory?.bringBack([...owners, target]);
  return toKey(target);
}

/** The prompt of a question, a long text with its tokens beside it: those are what the registry reads. */
async function spelled({ speller }: ServiceState, question: PromptQuestion): Promise<Prompt> {
  const prompt = toPrompt(question);
  if (speller === undefined || !('text' in prompt) || !speller.isLong(prompt.text)) return prompt;
  return { ...prompt, tokens: await speller.spell(prompt.text) };
}

async function nearOf(
  { embedding }: ServiceState,
  target: Prompt | OwnerKey,
  count: number,
): Promise<Neighbours> {
  if (embedding === undefined || count === 0) return { neighbours: [] };
  return embedding.neighbours(target, count);
}
