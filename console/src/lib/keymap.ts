/** A key or two in a row, as text: `g t`, `/`, `mod+k`. `mod` is Ctrl, or Command on a Mac. */
export interface Shortcut {
  keys: string;
  what: string;
  run(): void;
}

const TOGETHER_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}

function pressed(event: KeyboardEvent): string {
  return event.ctrlKey || event.metaKey ? `mod+${event.key.toLowerCase()}` : event.key;
}

/**
 * Runs shortcuts as they are pressed. Plain keys are left to whoever types into a field, and to an open
 * dialog.
 *
 * @returns ends it
 */
export function bindKeys(shortcuts: () => Shortcut[]): () => void {
  let before = '';
  let at = 0;
  const onKey = (event: KeyboardEvent): void => {
    const key = pressed(event);
    const isPlain = !key.startsWith('mod+');
    if (event.altKey || (isPlain && (isTyping(event.target) || document.querySelector('dialog[open]')))) {
      return;
    }
    const sequence = event.timeStamp - at < TOGETHER_MS && before ? `${before} ${key}` : key;
    const found = shortcuts().find((one) => one.keys === sequence || one.keys === key);
    before = found ? '' : key;
    at = event.timeStamp;
    if (found) {
      event.preventDefault();
      found.run();
    }
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}

/** A shortcut as it is shown. */
export function shown(keys: string): string[] {
  const isMac = navigator.platform.startsWith('Mac');
  return keys
    .split(' ')
    .flatMap((key) => key.split('+'))
    .map((key) => (key === 'mod' ? (isMac ? '⌘' : 'Ctrl') : key));
}
