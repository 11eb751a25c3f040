import { For, type JSX } from 'solid-js';
import { shown, type Shortcut } from '../lib/keymap';
import { text } from '../text';
import { Key } from './Controls';
import { Dialog } from './Dialog';
import styles from './KeyHelp.module.css';

/** Every shortcut, with its keys. */
export function KeyHelp(props: {
  shortcuts: Pick<Shortcut, 'keys' | 'what'>[];
  onClose: () => void;
}): JSX.Element {
  return (
    <Dialog title={text.keys.title} onClose={props.onClose}>
      <dl class={styles['keys']}>
        <For each={props.shortcuts}>
          {(one) => (
            <div class={styles['row']}>
              <dt>{one.what}</dt>
              <dd>
                <For each={shown(one.keys)}>{(key) => <Key>{key}</Key>}</For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </Dialog>
  );
}
