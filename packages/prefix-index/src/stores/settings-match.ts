import { DEFAULT_SETTINGS, type StoreSettings, WEIGHTS } from '../totals/settings.ts';
import { storeError } from './store-errors.ts';

/** What a caller insists on; a store's own settings stand for what is left out, the defaults for a new store's. */
export type WantedSettings = Partial<StoreSettings>;

export function settingsOfNew(wanted: WantedSettings): StoreSettings {
  return { ...DEFAULT_SETTINGS, ...wanted };
}

/** @throws WavetuneError `index-store.other-settings` where the store has others than what is insisted on. */
export function checkWanted(url: string, own: StoreSettings, wanted: WantedSettings): void {
  for (const [setting, value] of Object.entries(wanted)) {
    const found = own[setting as keyof StoreSettings];
    if (value === undefined || found === value) continue;
    const details = { url, setting, found: String(found), accepted: String(value) };
    throw storeError('index-store.other-settings', details);
  }
}

/** Settings as a store holds them. @throws TypeError where they are none. */
export function settingsFromJson(json: unknown): StoreSettings {
  const { schema, halfLifeMillis, weight } = json as StoreSettings;
  const accepted = DEFAULT_SETTINGS.schema;
  if (schema !== accepted) {
    throw new TypeError(`its schema is "${schema}", of another version; accepted is "${accepted}"`);
  }
  if (!(halfLifeMillis > 0)) throw new TypeError(`its half-life is ${halfLifeMillis} ms`);
  if (!WEIGHTS.includes(weight)) throw new TypeError(`its weight is "${weight}"`);
  return { schema, halfLifeMillis, weight };
}

/** Why settings are none, for people: what `settingsFromJson` said, else `otherwise`. */
export function settingsFault(cause: unknown, otherwise: string): string {
  return cause instanceof TypeError && cause.message.startsWith('its ') ? cause.message : otherwise;
}
