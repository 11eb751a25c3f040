import { createSignal, type JSX } from 'solid-js';
import type { KeyKind } from '../../api/types';
import { asCurl, asGrpc, asJava, type Query } from '../../lib/query';
import { Choices } from '../../parts/Controls';
import { CopyButton } from '../../parts/CopyButton';
import { Panel } from '../../parts/Panel';
import { text } from '../../text';
import styles from './RequestText.module.css';

type Language = keyof typeof text.search.languages;
const LANGUAGES = Object.entries(text.search.languages) as [Language, string][];

/** The request that was made, to take along. */
export function RequestText(props: { query: Query; keyKind: KeyKind }): JSX.Element {
  const [language, setLanguage] = createSignal<Language>('curl');
  const code = (): string => {
    const { origin } = window.location;
    switch (language()) {
      case 'curl':
        return asCurl(props.query, origin);
      case 'java':
        return asJava(props.query, origin, props.keyKind);
      case 'grpc':
        return asGrpc(props.query, origin, props.keyKind);
    }
  };
  return (
    <Panel
      title={text.search.request}
      side={
        <>
          <Choices
            label={text.search.request}
            options={LANGUAGES}
            value={language()}
            onChange={setLanguage}
          />
          <CopyButton text={code()} />
        </>
      }
    >
      <pre class={styles['code']} tabindex="0">
        {code()}
      </pre>
    </Panel>
  );
}
