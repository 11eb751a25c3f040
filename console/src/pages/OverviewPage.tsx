import { Show, type JSX } from 'solid-js';
import { useLive } from '../api/live';
import { healthOf } from '../lib/health';
import { Page } from '../parts/Grid';
import { HealthBanner } from '../parts/HealthBanner';
import { Loading } from '../parts/States';
import { text } from '../text';
import { Charts } from './overview/Charts';
import { Figures } from './overview/Figures';
import { Resources } from './overview/Resources';
import { SlowTables } from './overview/SlowTables';

/** What happens right now, and whether it is as it should be. */
export function OverviewPage(): JSX.Element {
  const live = useLive();
  return (
    <Page title={text.overview.title} name={text.overview.title}>
      <HealthBanner health={healthOf(live.latest(), live.connection())} />
      <Figures />
      <Charts />
      <Show when={live.latest()} fallback={<Loading lines={9} />}>
        {(stats) => (
          <>
            <SlowTables stats={stats()} />
            <Resources stats={stats()} />
          </>
        )}
      </Show>
    </Page>
  );
}
