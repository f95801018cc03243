import { ComponentChild, h } from 'preact';
import { Gallery } from './gallery';
import type { ConsoleJob, ConsoleState, Order } from '../../console/state';

export interface Said {
  readonly text: string;
  readonly isProblem?: boolean;
}

export interface Actions {
  drop(files: readonly File[]): void;
  order(order: Order, job?: string): void;
}

/** All of the page. */
export function View({ state, said, actions }: { state: ConsoleState; said: Said; actions: Actions }): ComponentChild {
  return [
    h(Header, { state, actions }),
    h('main', {},
      h('p', { class: `said ${said.isProblem ? 'error' : ''}`, role: 'status' }, said.text),
      ...state.alerts.map(({ code, message }) => h('div', { class: 'notice', key: code }, h('strong', {}, code), `: ${message}`)),
      h(Flow, { state }),
      h('div', { class: 'columns' },
        h('section', {}, h(Zone, { actions }), h(Inbox, { state }), h(Quarantine, { state })),
        h('section', {}, h('h2', {}, 'The chain of jobs'), h(Chain, { state, actions }))),
      h(Gallery, { images: state.images })),
  ];
}

function Header({ state, actions }: { state: ConsoleState; actions: Actions }): ComponentChild {
  const { project, mode, modeReason, workerPage } = state;
  const isActive = mode === 'ACTIVE';
  return h('header', {},
    h('div', {},
      h('h1', {}, project),
      h('p', { class: 'row' },
        h('span', { class: `tag ${isActive ? 'good' : 'warn'}` }, mode.toLowerCase()),
        modeReason !== undefined && !isActive && h('span', { class: 'small' }, modeReason))),
    h('div', { class: 'actions', style: 'flex: 0 1 auto' },
      h('button', { type: 'button', onClick: () => actions.order(isActive ? 'pause' : 'resume') }, isActive ? 'Pause' : 'Resume'),
      h('a', { class: 'primary', href: workerPage, target: 'worker', rel: 'noreferrer' }, 'Label by hand')));
}

function Flow({ state }: { state: ConsoleState }): ComponentChild {
  const { inbox, quarantine, images, dataSetLines } = state;
  const at = (...places: readonly string[]): number => images.filter(({ place }) => places.includes(place)).length;
  const steps = [
    ['inbox', 'inbox', inbox.length], ['quarantine', 'in quarantine', quarantine.length], ['pending', 'pending', at('pending', 'held')],
    ['with', 'with the job', at('with the job')], ['labeled', 'labeled', at('labeled')], ['lines', 'in the data set', dataSetLines],
  ] as const;
  return h('ol', { 'class': 'flow', 'aria-label': 'The way of the images' },
    ...steps.map(([name, words, count]) => h('li', { class: `card ${count > 0 ? name : ''}`, key: name }, h('strong', {}, count), h('small', {}, words))));
}

function Zone({ actions }: { actions: Actions }): ComponentChild {
  const over = (is: boolean) => (event: DragEvent): void => {
    event.preventDefault();
    (event.currentTarget as HTMLElement).classList.toggle('over', is);
  };
  return h('div', {},
    h('h2', {}, 'Drop images'),
    h('label', {
      class: 'zone', onDragOver: over(true), onDragLeave: over(false),
      onDrop: (event: DragEvent) => {
        over(false)(event);
        take([...event.dataTransfer?.files ?? []], actions);
      },
    },
    'Drop files here, or choose them',
    h('input', {
      type: 'file', multiple: true,
      onChange: ({ currentTarget }: Event) => {
        const input = currentTarget as HTMLInputElement;
        take([...input.files ?? []], actions);
        input.value = '';
      },
    })));
}

function take(files: readonly File[], actions: Actions): void {
  if (files.length > 0) {
    actions.drop(files);
  }
}

function Inbox({ state: { inbox, duplicates } }: { state: ConsoleState }): ComponentChild {
  return inbox.length + duplicates.length === 0 ? undefined : h('div', {},
    h('h2', {}, 'Inbox'),
    h('ul', { class: 'card list' },
      ...inbox.map((key) => h('li', { key }, key, ' ', h('span', { class: 'small' }, 'is taken in'))),
      ...duplicates.map(({ key, of }) => h('li', { key: `again ${key}` }, key, h('p', { class: 'small' }, `the bytes of ${of}: nobody labels them twice`)))));
}

function Quarantine({ state: { quarantine } }: { state: ConsoleState }): ComponentChild {
  return quarantine.length === 0 ? undefined : h('div', {},
    h('h2', {}, 'In quarantine'),
    h('ul', { class: 'card list' }, ...quarantine.map(({ key, reason, detail, remedy }) => h('li', { key },
      h('div', { class: 'row' }, h('h3', {}, key), h('span', { class: 'tag warn' }, reason)),
      [detail, remedy].filter((text) => text !== '').map((text) => h('p', { class: 'small' }, text))))));
}

function Chain({ state: { jobs }, actions }: { state: ConsoleState; actions: Actions }): ComponentChild {
  return jobs.length === 0
    ? h('p', { class: 'card' }, 'No job yet: the first begins as soon as an image is pending.')
    : h('ol', { reversed: true }, ...[...jobs].reverse().map((job) => h(Job, { job, actions, key: job.number })));
}

const TONES: { readonly [status: string]: string } = { InProgress: 'good', Failed: 'bad', Stopping: 'warn', Initializing: 'warn' };

function Job({ job, actions }: { job: ConsoleJob; actions: Actions }): ComponentChild {
  const { name, status, settled, offered, labeled, open, carried, reason } = job;
  const isLive = ['Initializing', 'InProgress', 'Stopping'].includes(status);
  const width = (count: number): string => `width:${offered === 0 ? 0 : (100 * count) / offered}%`;
  const button = (order: Order, words: string, isOff = false): ComponentChild =>
    h('button', { 'type': 'button', 'disabled': isOff, 'aria-label': `${words}: ${name}`, 'onClick': () => actions.order(order, name) }, words);
  return h('li', { class: 'card job' },
    h('div', { class: 'row' }, h('h3', {}, name), h('span', { class: `tag ${TONES[status] ?? 'soft'}` }, status),
      settled && h('span', { class: 'small' }, 'settled')),
    h('div', { 'class': 'bar', 'aria-hidden': 'true' }, h('i', { style: width(labeled) }), h('i', { style: width(open) })),
    h('p', { class: 'small' }, [
      `${labeled} of ${offered} labeled`, open > 0 ? `${open} open` : '', carried > 0 ? `${carried} labels carried over` : '',
    ].filter((text) => text !== '').join(', ')),
    !isLive && reason !== undefined && h('p', { class: 'small' }, reason),
    isLive && h('div', { class: 'actions' },
      button('expire', 'Let 30 days pass'), button('stop', 'Stop by hand', status === 'Stopping'), button('fail', 'Fail')));
}
