import { createResource, createSignal, Show, type JSX } from 'solid-js';
import { messageOf } from '../../api/http';
import { getRow } from '../../api/tables';
import type { Row } from '../../api/types';
import { Button } from '../../parts/Controls';
import { CopyButton } from '../../parts/CopyButton';
import { Dialog } from '../../parts/Dialog';
import { text } from '../../text';
import styles from './RowsTab.module.css';

/** A row as it is stored. */
export function RowDialog(props: {
  table: string;
  row: Row;
  hasVectors: boolean;
  onClose: () => void;
}): JSX.Element {
  const [wanted, setWanted] = createSignal<string>();
  const [whole] = createResource(wanted, async (id) =>
    getRow(props.table, id).catch((thrown: unknown) => ({ error: messageOf(thrown) })),
  );
  const json = (): string => JSON.stringify(whole.latest ?? props.row, null, 2);
  const search = (): string =>
    `/console/search?${new URLSearchParams({ table: props.table, by: 'id', id: props.row.id, run: '1' })}`;
  return (
    <Dialog title={`${text.rows.row} ${props.row.id}`} wide onClose={props.onClose}>
      <pre class={styles['json']} tabindex="0">
        {json()}
      </pre>
      <div class={styles['foot']}>
        <Show when={props.hasVectors}>
          <a href={search()}>{text.rows.neighbours}</a>
          <Button onClick={() => setWanted(props.row.id)}>{text.rows.showVectors}</Button>
        </Show>
        <CopyButton text={json()} />
      </div>
    </Dialog>
  );
}
