import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../assets/style/', import.meta.url);

/** The style sheets in the order of their names. */
export function pageStyle(): string {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.css'));
  return names
    .sort()
    .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'))
    .join('\n');
}

/** The light or dark form of every token, for pictures: nothing there resolves variables. */
export function themeTokens(theme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const tokens = pageStyle().matchAll(/--([a-z-]+): light-dark\(([^,]+), ([^)]+)\)/g);
  return new Map(
    [...tokens].map(([, name, light, dark]) => [name, theme === 'light' ? light : dark]),
  );
}
