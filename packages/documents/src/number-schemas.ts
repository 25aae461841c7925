import { z } from 'zod';

/** A whole number from 0 to 2^53 − 1. */
export const count = z.int().nonnegative();

/** A whole number from 0 to 2^64 − 1; bigint where it is past 2^53. */
export const count64 = z.union([
  count,
  z
    .bigint()
    .nonnegative()
    .max(2n ** 64n - 1n),
]);

/** A whole number from 1 to 2^53 − 1. */
export const positiveCount = z.int().positive();

/** A whole number from 0 to 2^31 − 1: what consumers in C++ keep in an `int32`. */
export const index32 = z.int32().nonnegative();

/** A finite number of at least 0. */
export const amount = z.number().nonnegative();

/** A share, from 0 to 1. */
export const ratio = z.number().min(0).max(1);
