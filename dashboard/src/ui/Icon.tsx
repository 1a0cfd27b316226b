// The icon set: 16 px strokes in the colour of the text around them. Always beside a label or
// inside a control that has one, so they are hidden from assistive technology.

const PATHS = {
  overview: 'M2 13.5h12M3.5 11V7M7 11V3.5M10.5 11V6M13.5 11V8.5',
  events: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  settings:
    'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v1.6M8 12.6v1.6M1.8 8h1.6M12.6 8h1.6M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2',
  key: 'M10.2 9a3.2 3.2 0 1 0-3.1-2.4L2.5 11.2v2.3h2.3v-1.6h1.6v-1.6l.9-.9c.8.2 1.7.1 2.9-.4zM11 5.2v.1',
  folder: 'M2 12.5v-9h4.2l1.5 1.8H14v7.2z',
  sun: 'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
  screen: 'M2 3h12v8H2zM6 13.5h4',
  down: 'M4.5 6.5 8 10l3.5-3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7.5V13H5.5zM3 10.5V3h7.5',
  check: 'M3 8.5l3.2 3L13 4.5',
  plus: 'M8 3v10M3 8h10',
  filter: 'M2 3.5h12L9.5 8.8v4L6.5 11V8.8z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.1 3.1',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8',
  warning: 'M8 2.5 14.2 13H1.8zM8 6.5v3M8 11.3v.2',
  sessions:
    'M5.5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-2.5 1.6-4 4-4s4 1.5 4 4M10.5 3.2a2.3 2.3 0 0 1 0 4M12 9.8c1.6.5 2.5 1.8 2.5 3.7',
  insights: 'M2 12.5 6 8l3 2.5L14 4M10.5 4H14v3.5',
  anomalies: 'M1.5 9H4l2-5.5 3.5 9L11.5 9h3',
  orphans:
    'M6.5 9.5 3.8 12.2M9.5 6.5l2.7-2.7M5.5 6 4 7.5a2.3 2.3 0 0 0 0 3.3M10.5 10 12 8.5a2.3 2.3 0 0 0 0-3.3M2.5 2.5l11 11',
  query: 'M3 3.5l4 4-4 4M8.5 12.5h5',
  studio: 'M2.5 2.5h5v6h-5zM9.5 2.5h4v3.5h-4zM9.5 8h4v5.5h-4zM2.5 10.5h5v3h-5z',
  pipeline: 'M1.5 8h3M11.5 8h3M4.5 5h7v6h-7zM8 5v6',
  more: 'M3 8h.1M8 8h.1M13 8h.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3V11M8 5v.1',
  not: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM4.2 4.2l7.6 7.6',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6l7.5-4.8z',
  download: 'M8 2.5v8M4.5 7.5 8 11l3.5-3.5M2.5 13.5h11',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  star: 'M8 2l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.8l-3.8 2 .7-4.3-3.1-3 4.3-.6z',
  edit: 'M3 13h2.5L13 5.5 10.5 3 3 10.5z',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
