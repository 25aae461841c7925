import type { KvBatch, KvEvent } from './kv-event.ts';

/** Fields of the tagged arrays in their order, after the tag; engines leave out what is last. */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  BlockStored: [
    'block_hashes',
    'parent_block_hash',
    'token_ids',
    'block_size',
    'lora_id',
    'medium',
    'lora_name',
  ],
  BlockRemoved: ['block_hashes', 'medium'],
  AllBlocksCleared: [],
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * A batch as vLLM and SGLang publish it: `[ts, events, rank?]` or a map, its events tagged arrays or maps with `type`;
 * events of kinds that are not known here are passed over. Numbers past 2^53 come as bigint, bytes as `Uint8Array`.
 *
 * @returns The reason, where it is none. It quotes nothing, because a batch holds the tokens of prompts.
 */
export function decodeKvBatch(found: unknown): KvBatch | string {
  const fields: Fields | undefined = Array.isArray(found)
    ? { ts: found[0], events: found[1], data_parallel_rank: found[2] }
    : isFields(found)
      ? found
      : undefined;
  if (fields === undefined) return 'a batch is neither a list nor a map';
  const { ts, events: items } = fields;
  const rank = fields.data_parallel_rank ?? fields.dp_rank;
  const seconds = typeof ts === 'bigint' ? Number(ts) : ts;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds))
    return 'ts is missing or is no number';
  if (!Array.isArray(items)) return 'events is missing or is no list';
  const events: KvEvent[] = [];
  for (const item of items) {
    const event = decodeEvent(item);
    if (typeof event === 'string') return event;
    if (event !== undefined) events.push(event);
  }
  return { timeMillis: seconds * 1000, events, ...(typeof rank === 'number' && { rank }) };
}

function decodeEvent(item: unknown): KvEvent | string | undefined {
  const tagged = Array.isArray(item) ? taggedFields(item) : item;
  if (!isFields(tagged)) return 'an event is neither a tagged list nor a map';
  switch (tagged.type ?? tagged.event_type) {
    case 'BlockStored':
      return decodeStored(tagged);
    case 'BlockRemoved': {
      const hashes = decodeHashes(tagged.block_hashes);
      return hashes === undefined ? BAD_HASHES : { kind: 'removed', hashes, ...mediumOf(tagged) };
    }
    case 'AllBlocksCleared':
      return { kind: 'cleared' };
    default:
      return typeof (tagged.type ?? tagged.event_type) === 'string'
        ? undefined
        : 'an event has no type';
  }
}

function taggedFields([tag, ...values]: readonly unknown[]): Fields {
  const names = FIELDS[String(tag)] ?? [];
  return { type: tag, ...Object.fromEntries(names.map((name, i) => [name, values[i]])) };
}

const BAD_HASHES = 'block_hashes holds something else than hashes';

function decodeStored(fields: Fields): KvEvent | string {
  const hashes = decodeHashes(fields.block_hashes);
  if (hashes === undefined) return BAD_HASHES;
  const { parent_block_hash: before, token_ids: tokens, lora_name: lora } = fields;
  const parentHash = before === null || before === undefined ? undefined : decodeHash(before);
  if (before !== null && before !== undefined && parentHash === undefined) {
    return 'parent_block_hash is no hash';
  }
  const told = Number(fields.block_size ?? 0);
  const counted = Array.isArray(tokens) && hashes.length > 0 ? tokens.length / hashes.length : 0;
  const blockSize = Number.isInteger(told) && told > 0 ? told : Math.floor(counted);
  return {
    kind: 'stored',
    hashes,
    blockSize,
    ...(parentHash !== undefined && { parentHash }),
    ...(typeof lora === 'string' && { loraName: lora }),
    ...mediumOf(fields),
  };
}

function mediumOf({ medium }: Fields): { readonly medium?: string } {
  return typeof medium === 'string' ? { medium } : {};
}

function decodeHashes(found: unknown): readonly string[] | undefined {
  if (!Array.isArray(found)) return undefined;
  const hashes = found.map(decodeHash);
  return hashes.every((hash) => hash !== undefined) ? hashes : undefined;
}

function decodeHash(found: unknown): string | undefined {
  if (found instanceof Uint8Array) return Buffer.from(found).toString('hex');
  if (typeof found === 'string') return found === '' ? undefined : found;
  if (typeof found === 'number' && !Number.isSafeInteger(found)) return undefined;
  if (typeof found !== 'number' && typeof found !== 'bigint') return undefined;
  return BigInt.asUintN(64, BigInt(found)).toString();
}

function isFields(found: unknown): found is Fields {
  return typeof found === 'object' && found !== null && !ArrayBuffer.isView(found);
}
