import { createRng, type Rng } from '@wavetune/core';
import {
  type Catalog,
  createCatalogBuilder,
  createEventRecorder,
  type EventStream,
} from '@wavetune/policy-engine';

const CATEGORIES = 40;
const ITEMS_A_CATEGORY = 500;
const MEAN_SESSION = 6;
/** A user follows an item with its usual successor as often as this. */
const FOLLOWS = 0.35;
/** Events after which the ranks of the items in a category have moved by one place. */
const DRIFT_EVENTS = 400;
const GAP_MILLIS = 60;
const VIEW_SHARE = 0.3;
const DIMENSIONS = 16;

/**
 * A shop: users in sessions stay mostly in one category, follow an item by its usual successor or by what is popular in
 * the category then; popularity follows Zipf's law over ranks that drift. A third of the events are views, which ask no
 * cache. The catalog has categories and embeddings: a direction a category, and noise an item.
 *
 * @returns The same events for the same seed.
 */
export async function shopLog({
  events,
  seed,
}: {
  readonly events: number;
  readonly seed: number;
}) {
  const rng = createRng(seed);
  const recorder = createEventRecorder();
  const sessions: Session[] = [];
  for (let i = 0; i < events; i++) {
    const session = nextSession(sessions, rng, i);
    session.item = nextItem(session, rng, i);
    const isView = rng.nextFloat() < VIEW_SHARE;
    recorder.add({
      timeMillis: i * GAP_MILLIS,
      user: session.user,
      action: isView ? 'view' : 'click',
      item: itemName(session.category, session.item),
      category: `c${session.category}`,
      isRequest: !isView,
      sizeBytes: 400 + ((session.item * 37) % 400),
    });
  }
  const { columns } = recorder.finish();
  const stream: EventStream = { columns, source: 'synthetic shop', badRecords: 0, outOfOrder: 0 };
  return { stream, catalog: await catalogOf(rng) };
}

interface Session {
  readonly user: string;
  readonly category: number;
  item: number;
  left: number;
}

const OPEN_SESSIONS = 50;

function nextSession(sessions: Session[], rng: Rng, event: number): Session {
  const at = rng.nextBelow(OPEN_SESSIONS);
  const open = sessions[at];
  if (open !== undefined && open.left-- > 0) return open;
  const session = {
    user: `u${rng.nextBelow(5000)}`,
    category: zipf(rng, CATEGORIES),
    item: -1,
    left: Math.ceil(-MEAN_SESSION * Math.log(1 - rng.nextFloat())),
  };
  session.item = popular(rng, event);
  sessions[at] = session;
  return session;
}

function nextItem({ item }: Session, rng: Rng, event: number): number {
  if (rng.nextFloat() < FOLLOWS) return (item * 31 + 7) % ITEMS_A_CATEGORY;
  return popular(rng, event);
}

function popular(rng: Rng, event: number): number {
  const shift = Math.floor(event / DRIFT_EVENTS);
  return (zipf(rng, ITEMS_A_CATEGORY) * 17 + shift) % ITEMS_A_CATEGORY;
}

/** Ranks from 0, exponent 1. */
function zipf(rng: Rng, count: number): number {
  return Math.floor(Math.exp(rng.nextFloat() * Math.log(count + 1))) - 1;
}

function itemName(category: number, item: number): string {
  return `c${category}-p${item}`;
}

async function catalogOf(rng: Rng): Promise<Catalog> {
  const builder = createCatalogBuilder();
  for (let category = 0; category < CATEGORIES; category++) {
    const centre = direction(rng);
    for (let item = 0; item < ITEMS_A_CATEGORY; item++) {
      const noise = direction(rng);
      builder.add({
        item: itemName(category, item),
        category: `c${category}`,
        embedding: JSON.stringify(centre.map((value, i) => value + 0.5 * noise[i])),
      });
    }
  }
  return (await builder.finish()).catalog;
}

function direction(rng: Rng): readonly number[] {
  return Array.from({ length: DIMENSIONS }, () => rng.nextFloat() - 0.5);
}
