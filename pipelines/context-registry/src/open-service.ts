import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { OptionsOf } from '@wavetune/cli';
import {
  createMemoryCache,
  createSpeller,
  type Embedder,
  findPressureSource,
  HASHED_EMBEDDER,
  loadTokenizer,
  type MemoryCache,
  openEndpointEmbedder,
  openOffloadStore,
  openOnnxEmbedder,
  PRESSURE_SOURCES,
  type PressureSource,
  type Registry,
  restoreSnapshot,
  SPELLER_DEFAULTS,
  type Workflow,
} from '@wavetune/context-registry';
import {
  type ContextService,
  createContextService,
  loggable,
} from '@wavetune/context-registry/server';
import { checkPublishable, parseSize } from '@wavetune/core';
import { z } from 'zod';
import { pipelineError } from './context-registry-errors.ts';
import { durationOption } from './durations.ts';
import { holdFiles } from './hold-files.ts';
import { maxTextBytesOf, openRegistry } from './registry-options.ts';
import type { SERVICE_OPTIONS } from './service-options.ts';

type Options = OptionsOf<typeof SERVICE_OPTIONS>;

/** A service with its registry, before anyone can reach it. */
export interface OpenService {
  readonly service: ContextService;
  /** Contexts that came from the snapshot. */
  readonly restored: number;
  readonly pressureFrom: string;
  /** Ends what runs, and writes the snapshot where one is kept: only if anyone could have changed something. */
  readonly close: (wasReached: boolean) => Promise<void>;
}

/** Where the service tells what it could not do and went on without. */
export interface WarningLog {
  readonly warn: (details: object, message: string) => void;
}

/** Its files are its own from here until it is closed. @throws WavetuneError `context-files.in-use` */
export async function openService(options: Options, log: WarningLog): Promise<OpenService> {
  if (options.snapshot !== undefined) await checkPublishable(options.snapshot);
  const files = await holdFiles(options);
  try {
    const open = await openHeld(options, log);
    const close = (wasReached: boolean): Promise<void> =>
      open.close(wasReached).finally(files.release);
    return { ...open, close };
  } catch (failure) {
    files.release();
    throw failure;
  }
}

async function openHeld(options: Options, log: WarningLog): Promise<OpenService> {
  const { snapshot } = options;
  const onObserverFailure = (failure: unknown): void =>
    log.warn(loggable(failure), 'an observer of the registry failed');
  const [registry, embedder] = await Promise.all([
    openRegistry(options, { onObserverFailure }),
    openEmbedder(options),
  ]);
  const source = await pressureSourceOf(options);
  const memory = await openMemory(options, { registry, embedder, source, log });
  const restored =
    snapshot !== undefined && existsSync(snapshot)
      ? await restoreSnapshot(registry, snapshot, embedder?.name, memory?.offloaded())
      : 0;
  const speller = createSpeller({
    ...SPELLER_DEFAULTS,
    maxTextBytes: maxTextBytesOf(options['max-text']),
    ...(options.tokenizer !== undefined && { path: options.tokenizer }),
  });
  const service = createContextService({
    ...{ registry, speller },
    ...(memory !== undefined && { memory }),
    ...(embedder !== undefined && { embedder }),
    ...(snapshot !== undefined && { snapshotPath: snapshot }),
    onFailure: (failure) => log.warn(loggable(failure), 'answered without embeddings'),
  });
  memory?.start(durationOption('step-interval', options['step-interval']));
  return {
    service,
    restored,
    pressureFrom: source?.name ?? 'budget',
    close: async (wasReached) => {
      await Promise.all([memory?.close(), speller.close()]);
      if (wasReached && snapshot !== undefined) await service.snapshot();
    },
  };
}

async function openEmbedder(options: Options): Promise<Embedder | undefined> {
  const { embeddings, 'embedding-url': baseUrl = '', 'embedding-model': model = '' } = options;
  switch (embeddings) {
    case 'hashed':
      return HASHED_EMBEDDER;
    case 'endpoint': {
      const apiKey = process.env.OPENAI_API_KEY;
      return openEndpointEmbedder({ baseUrl, model, ...(apiKey !== undefined && { apiKey }) });
    }
    case 'onnx': {
      const tokenizer = await loadTokenizer(options['embedding-tokenizer'] ?? '');
      return openOnnxEmbedder({ path: model, tokenizer });
    }
    default:
      return undefined;
  }
}

async function pressureSourceOf(options: Options): Promise<PressureSource | undefined> {
  const { pressure = isLimited(options) ? 'budget' : 'auto' } = options;
  if (pressure === 'budget') return undefined;
  if (pressure === 'auto') return findPressureSource(PRESSURE_SOURCES);
  const source = PRESSURE_SOURCES.find(({ name }) => name === pressure);
  await source?.read();
  return source;
}

interface MemoryParts {
  readonly registry: Registry;
  readonly embedder: Embedder | undefined;
  readonly source: PressureSource | undefined;
  readonly log: WarningLog;
}

function isLimited({ memory, 'budget-tokens': tokens }: Options): boolean {
  return memory !== undefined || tokens !== undefined;
}

/** Undefined where nothing limits the memory. */
async function openMemory(
  options: Options,
  { registry, embedder, source, log }: MemoryParts,
): Promise<MemoryCache | undefined> {
  const { memory, 'budget-tokens': tokens, 'offload-dir': folder, workflow } = options;
  if (!isLimited(options) && source === undefined) return undefined;
  return createMemoryCache(registry, {
    budget: {
      ...(memory !== undefined && { sizeBytes: parseSize(memory) }),
      ...(tokens !== undefined && { tokens }),
      ...(!isLimited(options) && { tokens: Number.MAX_SAFE_INTEGER }),
    },
    ...(source !== undefined && { source }),
    ...(folder !== undefined && {
      store: await openOffloadStore(folder, registry, embedder?.name),
    }),
    ...(workflow !== undefined && { workflow: await readWorkflow(workflow) }),
    onFailure: (failure) => log.warn(loggable(failure), 'a step went on without it'),
  });
}

const workflowSchema = z.strictObject({ steps: z.array(z.tuple([z.string(), z.string()])).min(1) });

async function readWorkflow(path: string): Promise<Workflow> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw pipelineError('context-files.unreadable', { path, reason: cause.message }, { cause });
  });
  try {
    return workflowSchema.parse(JSON.parse(text));
  } catch (cause) {
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw pipelineError('context-files.bad-workflow', { path, reason }, { cause });
  }
}
