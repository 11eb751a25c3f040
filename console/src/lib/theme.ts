import { createSignal } from 'solid-js';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'kindred.theme';

function stored(): Theme {
  const value = localStorage.getItem(KEY);
  return value === 'light' || value === 'dark' ? value : 'system';
}

const [theme, setSignal] = createSignal<Theme>(stored());
export { theme };

function show(value: Theme): void {
  if (value === 'system') {
    delete document.documentElement.dataset['theme'];
  } else {
    document.documentElement.dataset['theme'] = value;
  }
}

export function setTheme(value: Theme): void {
  localStorage.setItem(KEY, value);
  show(value);
  setSignal(value);
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  const value = theme();
  return value === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : value === 'dark';
}

export function toggleTheme(): void {
  setTheme(isDark() ? 'light' : 'dark');
}

show(theme());

// What is drawn on a canvas has to be drawn again in the system's new colours.
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  const value = theme();
  setSignal(value === 'system' ? 'light' : value);
  setSignal(value);
});
