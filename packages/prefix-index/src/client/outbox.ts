import { randomUUID } from 'node:crypto';
import { isWavetuneError } from '@wavetune/core';
import type { Feedback } from '../totals/feedback.ts';
import { callService, type ServiceAddress } from './call-service.ts';
import { clientError } from './client-errors.ts';

/** Feedback on its way to the service. */
export interface Outbox {
  /** At once; where it is full, the oldest goes. */
  readonly add: (item: Feedback) => void;
  /** Sends what waits. Never rejects: what fails is sent again with the next delivery, and counts once. */
  readonly deliver: () => Promise<void>;
}

export interface OutboxOptions {
  readonly address: ServiceAddress;
  readonly most: number;
  readonly onFailure: (failure: unknown) => void;
}

interface Batch {
  readonly batch_id: string;
  readonly feedback: readonly Feedback[];
}

const MOST_IN_A_BATCH = 1000;

export function createOutbox({ address, most, onFailure }: OutboxOptions): Outbox {
  let waiting: Feedback[] = [];
  /** Sent, and not acknowledged: it keeps its id, so that the service knows it when it comes again. */
  let batch: Batch | undefined;
  let underWay: Promise<void> | undefined;

  const deliver = async (): Promise<void> => {
    while (batch !== undefined || waiting.length > 0) {
      batch ??= { batch_id: randomUUID(), feedback: waiting.splice(0, MOST_IN_A_BATCH) };
      try {
        await callService(address, 'feedback', batch);
        batch = undefined;
      } catch (failure) {
        if (isFinal(failure)) batch = undefined;
        onFailure(failure);
        return;
      }
    }
  };
  return {
    add: (item) => {
      waiting.push(item);
      if (waiting.length <= most) return;
      waiting = waiting.slice(-Math.ceil(most / 2));
      onFailure(clientError('hint-client.outbox-full', { most }));
    },
    deliver: () => {
      underWay ??= deliver().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  };
}

/** The service will never take it: it is refused as it is. */
function isFinal(failure: unknown): boolean {
  if (!isWavetuneError(failure, 'hint-client.refused')) return false;
  const { status } = failure.details as { readonly status: number };
  return status >= 400 && status < 500 && status !== 429 && status !== 401;
}
