import type { Hint } from '../suggest/suggestion.ts';
import type { Feedback } from '../totals/feedback.ts';
import { callService, type ServiceAddress } from './call-service.ts';
import { clientError } from './client-errors.ts';
import { createOutbox } from './outbox.ts';

/** What a client keeps, and how. */
export interface HintClientOptions {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** A bearer token, where the service knows tokens. */
  readonly token?: string;
  /** What the snapshot is of: the parameters of `/suggest`, a budget among them. Ask for as many hints as are ever wanted. */
  readonly question?: Readonly<Record<string, string | number>>;
  /** 1000 unless told. After failures it waits longer, up to 30 times as long. */
  readonly refreshMillis?: number;
  /** Of one refresh, 2000 unless told. */
  readonly timeoutMillis?: number;
  /** Feedback that waits for the service: at most so much, 10,000 unless told. */
  readonly mostWaiting?: number;
  /** Called with each refresh or delivery that failed. */
  readonly onFailure?: (failure: unknown) => void;
}

/** What a planner asks of the hints at hand. */
export interface LocalQuestion {
  /** All unless told. */
  readonly topK?: number;
  readonly tenant?: string;
  readonly minScore?: number;
}

/** Hints at hand. */
export interface LocalSuggestion {
  /** Event time, as the service said it. */
  readonly asOf: number | null;
  /** The best first. */
  readonly hints: readonly Hint[];
  /** Since the service answered; Infinity before its first answer. */
  readonly ageMillis: number;
}

/**
 * Hints for a planner that has no time to wait: a snapshot in memory that is refreshed in the background. Nothing here
 * keeps a process alive.
 */
export interface HintClient {
  /** Resolves with the first snapshot; nobody has to wait for it. */
  readonly ready: Promise<void>;
  /** Answers from memory, at once, whatever the service does: a function of the snapshot. O(hints). */
  readonly suggest: (question?: LocalQuestion) => LocalSuggestion;
  /** Takes note of what became of a hint; it is delivered in the background. */
  readonly feedback: (item: Feedback) => void;
  /** Refreshes now. @throws WavetuneError `hint-client.*` */
  readonly refresh: () => Promise<void>;
  /** Delivers what waits, as far as the service takes it, and stops. */
  readonly close: () => Promise<void>;
}

interface Snapshot {
  readonly asOf: number | null;
  readonly hints: readonly Hint[];
  readonly atMillis: number;
}

const REFRESH_MILLIS = 1000;
const TIMEOUT_MILLIS = 2000;
const MOST_WAITING = 10_000;
const MOST_PAUSES = 30;

/** Starts to refresh at once. @throws TypeError for a URL that is none. */
export function createHintClient(options: HintClientOptions): HintClient {
  const { question = {}, refreshMillis = REFRESH_MILLIS, onFailure = () => undefined } = options;
  const address: ServiceAddress = {
    url: new URL(options.url),
    token: options.token,
    timeoutMillis: options.timeoutMillis ?? TIMEOUT_MILLIS,
  };
  const outbox = createOutbox({ address, onFailure, most: options.mostWaiting ?? MOST_WAITING });
  let snapshot: Snapshot = { asOf: null, hints: [], atMillis: Number.NEGATIVE_INFINITY };
  let underWay: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    underWay ??= readSnapshot(address, question)
      .then((read) => {
        snapshot = read;
      })
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  const first = Promise.withResolvers<void>();
  const rounds = repeat(refreshMillis, async () => {
    const [refreshed] = await Promise.all([settled(refresh()), outbox.deliver()]);
    if (refreshed === undefined) first.resolve();
    else onFailure(refreshed);
    return refreshed === undefined;
  });
  return {
    ready: first.promise,
    suggest: (asked = {}) => choose(snapshot, asked),
    feedback: outbox.add,
    refresh,
    close: async () => {
      rounds.stop();
      await outbox.deliver();
    },
  };
}

/** What it failed with; undefined where it did not. */
async function settled(work: Promise<void>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (failure) {
    return failure;
  }
}

/** One round after another; after `n` that failed the pause is `2^n` times as long, up to a bound. */
function repeat(pauseMillis: number, round: () => Promise<boolean>): { readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let pauses = 1;
  let isStopped = false;
  const run = async (): Promise<void> => {
    pauses = (await round()) ? 1 : Math.min(MOST_PAUSES, pauses * 2);
    if (isStopped) return;
    timer = setTimeout(run, pauseMillis * pauses).unref();
  };
  run();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

async function readSnapshot(
  address: ServiceAddress,
  question: NonNullable<HintClientOptions['question']>,
): Promise<Snapshot> {
  const search = new URLSearchParams(
    Object.entries(question).map(([name, value]) => [name, String(value)]),
  );
  const { url } = address;
  const answer = await callService(address, `suggest?${search}`);
  const { asOf, hints } = answer as Partial<Snapshot>;
  if (!Array.isArray(hints) || (typeof asOf !== 'number' && asOf !== null)) {
    const reason = 'asOf or hints are missing';
    throw clientError('hint-client.unreadable', { url: url.href, reason });
  }
  return { asOf, hints, atMillis: performance.now() };
}

function choose({ asOf, hints, atMillis }: Snapshot, asked: LocalQuestion): LocalSuggestion {
  const { topK = hints.length, tenant, minScore = 0 } = asked;
  const chosen = hints.filter(
    (hint) => hint.score >= minScore && (tenant === undefined || hint.tenant === tenant),
  );
  return { asOf, hints: chosen.slice(0, topK), ageMillis: performance.now() - atMillis };
}
