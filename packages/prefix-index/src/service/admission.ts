import { serviceError } from './service-errors.ts';

/** How much the service holds of requests that are under way. */
export interface Admission {
  /**
   * Lets in a request of so many bytes. The function that it gives is called when the request has its answer; a second
   * call changes nothing.
   *
   * @throws WavetuneError `service.busy`
   */
  readonly enter: (sizeBytes: number) => () => void;
  readonly pendingBytes: () => number;
}

/** Chosen: about what a hundred batches take to become durable. */
const RETRY_MILLIS = 250;

/** A request that is larger than `mostBytes` comes in alone. */
export function createAdmission(mostBytes: number): Admission {
  let pendingBytes = 0;
  return {
    pendingBytes: () => pendingBytes,
    enter: (sizeBytes) => {
      if (pendingBytes > 0 && pendingBytes + sizeBytes > mostBytes) {
        throw serviceError('service.busy', { pendingBytes, retryAfterMillis: RETRY_MILLIS });
      }
      let held = sizeBytes;
      pendingBytes += held;
      return () => {
        pendingBytes -= held;
        held = 0;
      };
    },
  };
}
