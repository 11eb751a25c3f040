import { A } from '@solidjs/router';
import { For, type JSX } from 'solid-js';
import icon from '../icon.svg';
import { isDark, toggleTheme } from '../lib/theme';
import { text } from '../text';
import { Button, Pill, type Tone } from './Controls';
import { Icon, type IconName } from './Icon';
import styles from './Shell.module.css';

/** A page in the navigation. */
export interface NavItem {
  path: string;
  name: string;
  icon: IconName;
}

/** What stays around every page: navigation, state of the connection, tools. */
export function Shell(props: {
  items: NavItem[];
  state: { tone: Tone; word: string };
  onPalette: () => void;
  children: JSX.Element;
}): JSX.Element {
  return (
    <>
      <a class={styles['skip']} href="#page">
        {text.skip}
      </a>
      <div class={styles['shell']}>
        <header class={styles['rail']}>
          <A class={styles['brand']} href="/" end aria-label={text.name}>
            <img src={icon} alt="" />
            <span>{text.name}</span>
          </A>
          <nav class={styles['nav']} aria-label={text.nav.label}>
            <For each={props.items}>
              {(item) => (
                <A class={styles['link']} href={item.path} end={item.path === '/'} title={item.name}>
                  <Icon name={item.icon} />
                  <span>{item.name}</span>
                </A>
              )}
            </For>
          </nav>
          <div class={styles['foot']}>
            <div class={styles['reference']}>
              <a class={styles['link']} href="/docs/" rel="external">
                <Icon name="book" />
                <span>{text.nav.reference}</span>
              </a>
              <a class={styles['link']} href="/metrics" rel="external">
                <Icon name="gauge" />
                <span>{text.nav.metrics}</span>
              </a>
            </div>
            <div class={styles['tools']}>
              <span class={styles['state']} role="status">
                <Pill tone={props.state.tone} dot>
                  {props.state.word}
                </Pill>
              </span>
              <Button look="plain" square label={text.keys.palette} onClick={() => props.onPalette()}>
                <Icon name="command" />
              </Button>
              <Button look="plain" square label={text.theme.toggle} onClick={toggleTheme}>
                <Icon name={isDark() ? 'sun' : 'moon'} />
              </Button>
            </div>
          </div>
        </header>
        <main id="page" class={styles['main']} tabindex="-1">
          {props.children}
        </main>
      </div>
    </>
  );
}
