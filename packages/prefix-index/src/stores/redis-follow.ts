import { isWavetuneError } from '@wavetune/core';
import type { Redis } from 'ioredis';
import { decodeChange } from './change-json.ts';
import type { Follower, Following } from './index-store.ts';
import { redisFailure } from './redis-connection.ts';
import { compareIds, type RedisKeys } from './redis-keys.ts';
import { storeError } from './store-errors.ts';

/** From where on a stream is followed. */
export interface FollowedStream {
  readonly name: string;
  readonly keys: RedisKeys;
  /** A connection of its own: it waits in the server for what comes. */
  readonly connect: () => Promise<Redis>;
  readonly afterId: string;
  /** The last change that the store committed; '' before the first. */
  readonly committedId: () => string;
}

interface FollowState extends FollowedStream {
  readonly follower: Follower;
  atId: string;
  isStopped: boolean;
  redis: Redis | undefined;
  /** Why it follows no longer, though nobody stopped it. */
  lost: { readonly failure: unknown } | undefined;
  waiting: Waiting[];
}

interface Waiting {
  readonly id: string;
  readonly resolve: () => void;
  readonly reject: (failure: unknown) => void;
}

const BLOCK_MILLIS = 1000;
const RETRY_MILLIS = 200;
const ENTRIES_A_READ = 256;

/** Calls the follower with each change of the stream, and reads on after a lost connection. */
export function followRedis(stream: FollowedStream, follower: Follower): Following {
  const state: FollowState = {
    ...stream,
    follower,
    atId: stream.afterId,
    isStopped: false,
    redis: undefined,
    lost: undefined,
    waiting: [],
  };
  const ended = followUntilStopped(state);
  return {
    caughtUp: () => caughtUp(state),
    stop: async () => {
      state.isStopped = true;
      state.redis?.disconnect();
      await ended;
      for (const { resolve } of state.waiting) resolve();
    },
  };
}

function caughtUp(state: FollowState): Promise<void> {
  const id = state.committedId();
  if (id === '' || compareIds(id, state.atId) <= 0) return Promise.resolve();
  if (state.lost !== undefined) return Promise.reject(state.lost.failure);
  return new Promise((resolve, reject) => state.waiting.push({ id, resolve, reject }));
}

async function followUntilStopped(state: FollowState): Promise<void> {
  while (!state.isStopped) {
    try {
      state.redis ??= await state.connect();
      await checkNotTrimmed(state, state.redis);
      await readOn(state, state.redis);
    } catch (failure) {
      state.redis?.disconnect();
      state.redis = undefined;
      if (state.isStopped) return;
      if (isLost(failure)) {
        giveUp(state, redisFailure(state.name, failure));
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }
}

function giveUp(state: FollowState, failure: unknown): void {
  state.lost = { failure };
  for (const { reject } of state.waiting.splice(0)) reject(failure);
  state.follower.onLost(failure);
}

/** Reads what comes until it is stopped or the connection fails. */
async function readOn(state: FollowState, redis: Redis): Promise<void> {
  const { keys, follower } = state;
  while (!state.isStopped) {
    const read = await redis.xread(
      'COUNT',
      ENTRIES_A_READ,
      'BLOCK',
      BLOCK_MILLIS,
      'STREAMS',
      keys.changes,
      state.atId,
    );
    for (const [id, [, text]] of read?.[0]?.[1] ?? []) {
      follower.onChange(decodeChange(Buffer.from(text)));
      state.atId = id;
    }
    const isReached = ({ id }: { readonly id: string }) => compareIds(id, state.atId) <= 0;
    for (const { resolve } of state.waiting.filter(isReached)) resolve();
    state.waiting = state.waiting.filter((one) => !isReached(one));
  }
}

async function checkNotTrimmed({ name, keys, atId }: FollowState, redis: Redis): Promise<void> {
  const trimmedTo = (await redis.hget(keys.store, 'trimmed_to')) ?? '';
  if (trimmedTo === '' || compareIds(trimmedTo, atId) <= 0) return;
  throw storeError('index-store.unreachable-too-long', { url: name });
}

/** Changes were missed, or one cannot be read; all else is a connection that may come back. */
function isLost(failure: unknown): boolean {
  return (
    isWavetuneError(failure, 'index-store.unreachable-too-long') ||
    failure instanceof SyntaxError ||
    failure instanceof TypeError
  );
}
