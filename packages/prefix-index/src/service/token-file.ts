import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { ACTIONS, type Token } from './access.ts';
import { serviceError } from './service-errors.ts';

const EMPTY_DIGEST = createHash('sha256').digest('hex');

const TOKEN = z.strictObject({
  name: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'accepted are 1 to 64 letters, digits, "_", "." and "-"'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "accepted is the token's SHA-256 in 64 lower-case hexadecimal digits")
    .refine((digest) => digest !== EMPTY_DIGEST, 'this is the digest of an empty token'),
  tenants: z.union([z.literal('*'), z.array(z.string().min(1)).min(1)]),
  actions: z.array(z.enum(ACTIONS)).min(1),
});

const TOKEN_FILE = z
  .strictObject({ schema: z.literal('prefix-tokens/1'), tokens: z.array(TOKEN).min(1) })
  .refine(({ tokens }) => new Set(tokens.map(({ name }) => name)).size === tokens.length, {
    error: 'two tokens have one name',
  })
  .refine(({ tokens }) => new Set(tokens.map(({ sha256 }) => sha256)).size === tokens.length, {
    error: 'two tokens have one digest, and whoever sends it could be either',
  });

/**
 * Reads `{"schema": "prefix-tokens/1", "tokens": [{"name", "sha256", "tenants": ["acme"] or "*", "actions"}]}`.
 *
 * @throws WavetuneError `service.bad-token-file`
 */
export async function readTokenFile(path: string): Promise<readonly Token[]> {
  const read = TOKEN_FILE.safeParse(await readJson(path));
  if (!read.success) {
    const reason = read.error.issues
      .map((issue) => `${['tokens', ...issue.path.slice(1)].join('.')}: ${issue.message}`)
      .join('; ');
    throw serviceError('service.bad-token-file', { path, reason });
  }
  return read.data.tokens.map(({ tenants, ...token }) => ({
    ...token,
    tenants: tenants === '*' ? undefined : tenants,
  }));
}

/** The parser's own message would repeat what the file holds. */
async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw serviceError('service.bad-token-file', { path, reason: `${cause.code}` }, { cause });
  });
  try {
    return JSON.parse(text);
  } catch {
    throw serviceError('service.bad-token-file', { path, reason: 'it is not JSON' });
  }
}
