import { byText, topOf } from './top-of.ts';
import type { UserProfile } from './window-context.ts';

export interface ProfileOptions {
  /** Windows after which an event weighs half. */
  readonly halfLifeWindows: number;
  /** Users that are remembered from one window to the next: those with the most decayed weight. */
  readonly mostUsers: number;
  /** Categories that are remembered of a user. */
  readonly mostCategories: number;
}

/** What users liked over all windows so far, in bounded memory however long the stream is. */
export interface Profiles {
  /** Adds a window's events, user → category → events, and forgets whoever is past the bounds. */
  addWindow(window: number, events: ReadonlyMap<string, ReadonlyMap<string, number>>): void;
  /** Shares of the user's decayed weight, to three digits; undefined where nothing is known. */
  profileOf(user: string): UserProfile | undefined;
  /** Users remembered. */
  readonly size: number;
}

interface Taste {
  /** Category → weight as of `window`. */
  readonly weights: Map<string, number>;
  window: number;
}

/** Weights decay when they are touched or compared: `weight × 0.5^(windows / halfLife)`. */
export function createProfiles(options: ProfileOptions): Profiles {
  const { halfLifeWindows, mostUsers, mostCategories } = options;
  const tastes = new Map<string, Taste>();
  let now = 0;
  const decay = (taste: Taste): number => 0.5 ** ((now - taste.window) / halfLifeWindows);

  const add = (user: string, events: ReadonlyMap<string, number>): void => {
    const known = tastes.get(user);
    const weights = new Map<string, number>();
    const factor = known === undefined ? 0 : decay(known);
    for (const [category, weight] of known?.weights ?? []) weights.set(category, weight * factor);
    for (const [category, count] of events) {
      weights.set(category, (weights.get(category) ?? 0) + count);
    }
    tastes.set(user, { weights: new Map(topOf(weights, mostCategories, byWeight)), window: now });
  };

  const forget = (): void => {
    if (tastes.size <= mostUsers) return;
    const weights = [...tastes].map(([user, taste]): [string, number] => [
      user,
      totalOf(taste) * decay(taste),
    ]);
    for (const [user] of weights.sort(byWeight).slice(mostUsers)) tastes.delete(user);
  };

  return {
    addWindow(window, events) {
      now = window;
      for (const [user, counts] of events) add(user, counts);
      forget();
    },
    profileOf(user) {
      const taste = tastes.get(user);
      if (taste === undefined) return undefined;
      const total = totalOf(taste);
      const categories = [...taste.weights].map(([category, weight]) => ({
        category,
        share: Math.round((1000 * weight) / total) / 1000,
      }));
      return { user, categories };
    },
    get size() {
      return tastes.size;
    },
  };
}

function byWeight(a: readonly [string, number], b: readonly [string, number]): number {
  return b[1] - a[1] || byText(a[0], b[0]);
}

function totalOf({ weights }: Taste): number {
  return weights.values().reduce((sum, weight) => sum + weight, 0);
}
