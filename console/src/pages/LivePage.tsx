import { useSearchParams } from '@solidjs/router';
import { Show, type JSX } from 'solid-js';
import { Page } from '../parts/Grid';
import { Tabs } from '../parts/Tabs';
import { text } from '../text';
import { CallTail } from './live/CallTail';
import { LogTail } from './live/LogTail';

const TABS = Object.entries(text.live.tabs) as [keyof typeof text.live.tabs, string][];

/** What happens while it does: calls about rows, and the log. */
export function LivePage(): JSX.Element {
  const [parameters, setParameters] = useSearchParams<{ tab?: string }>();
  const tab = (): keyof typeof text.live.tabs => (parameters.tab === 'logs' ? 'logs' : 'events');
  return (
    <Page title={text.live.title} name={text.live.title}>
      <Tabs
        label={text.live.title}
        tabs={TABS}
        value={tab()}
        onChange={(value) => setParameters({ tab: value === 'events' ? undefined : value })}
      />
      <Show when={tab() === 'events'} fallback={<LogTail />}>
        <CallTail />
      </Show>
    </Page>
  );
}
