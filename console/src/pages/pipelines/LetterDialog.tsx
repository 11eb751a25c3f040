import { createSignal, Show, type JSX } from 'solid-js';
import type { DeadLetter } from '../../api/pipelines';
import { clock, count } from '../../lib/format';
import { bytesOf, hexOf } from '../../lib/pipelines';
import { Choices } from '../../parts/Controls';
import { CopyButton } from '../../parts/CopyButton';
import { Dialog } from '../../parts/Dialog';
import { Facts } from '../../parts/Facts';
import { text } from '../../text';
import styles from './Letters.module.css';

/** More of an event says no more. */
const SHOWN_BYTES = 16_384;

const { letters: words } = text.pipelines;
const FORMS = Object.entries(words.forms) as [keyof typeof words.forms, string][];

/** An event that was put aside: why, from where, and its bytes. */
export function LetterDialog(props: { letter: DeadLetter; onClose: () => void }): JSX.Element {
  const isText = (): boolean => props.letter.event !== undefined;
  const [form, setForm] = createSignal<keyof typeof words.forms>(isText() ? 'text' : 'hex');
  const bytes = (): Uint8Array => bytesOf(props.letter);
  const shown = (): string =>
    form() === 'hex'
      ? hexOf(bytes(), SHOWN_BYTES)
      : (props.letter.event ?? words.binary).slice(0, SHOWN_BYTES);
  const size = (): string =>
    bytes().length > SHOWN_BYTES
      ? `${words.bytes(count(bytes().length))}, ${words.shown(count(SHOWN_BYTES))}`
      : words.bytes(count(bytes().length));
  return (
    <Dialog title={words.title} wide onClose={props.onClose}>
      <div class={styles['body']}>
        <Facts
          facts={[
            [words.code, <code>{props.letter.code}</code>],
            [words.why, props.letter.message],
            [words.step, props.letter.step],
            [
              words.where,
              words.position(props.letter.topic, props.letter.partition, count(props.letter.offset)),
            ],
            [words.taken, clock(props.letter.taken_at)],
            [words.at, clock(props.letter.at)],
            [words.event, size()],
          ]}
        />
        <div class={styles['foot']}>
          <Choices label={words.as} options={FORMS} value={form()} onChange={setForm} />
          <Show when={isText()}>
            <CopyButton text={props.letter.event ?? ''} />
          </Show>
        </div>
        <pre
          class={styles['event']}
          classList={{ [styles['hex'] ?? '']: form() === 'hex' }}
          tabindex="0"
          aria-label={words.event}
        >
          {shown()}
        </pre>
      </div>
    </Dialog>
  );
}
