const THEMES = [
  ['', 'Theme: as the system'],
  ['light', 'Theme: light'],
  ['dark', 'Theme: dark'],
] as const;

/** Light, dark, or as the system has it; and printing. */
export function enableTheme(): void {
  const button = document.querySelector<HTMLElement>('[data-theme-switch]');
  let at = 0;
  button?.addEventListener('click', () => {
    at = (at + 1) % THEMES.length;
    const [theme, label] = THEMES[at];
    if (theme === '') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = label;
  });
  document.querySelector('[data-print]')?.addEventListener('click', () => print());
}
