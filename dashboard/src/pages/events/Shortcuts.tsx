import { useTexts } from '../../i18n/catalogue';
import { Dialog } from '../../ui/Dialog';
import { eventsTexts } from './texts';

const KEYS = [
  ['j', 'key_next'],
  ['k', 'key_previous'],
  ['Enter', 'key_open'],
  ['Esc', 'key_close'],
  ['/', 'key_search'],
  ['p', 'key_pause'],
  ['?', 'key_help'],
] as const;

export function Shortcuts({ onClose }: { onClose: () => void }) {
  const t = useTexts(eventsTexts);
  return (
    <Dialog title={t('keys')} onClose={onClose}>
      <dl className="shortcuts">
        {KEYS.map(([key, text]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
