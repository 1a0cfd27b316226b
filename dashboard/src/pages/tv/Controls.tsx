// What the view is, to choose by pointer or keys. Gone while nobody moves anything.
import { useEffect, useState } from 'react';
import { useTexts } from '../../i18n/catalogue';
import { Button } from '../../ui/Button';
import { VIEWS, type View } from './search';
import { tvTexts } from './texts';

const SHOWN_MS = 6_000;

interface Props {
  view: View;
  /** Whether there is more than one project to show. */
  several: boolean;
  onView: (view: View) => void;
  onLeave: () => void;
}

export function Controls({ view, several, onView, onLeave }: Props) {
  const t = useTexts(tvTexts);
  const shown = useStirred();
  const [leaving, setLeaving] = useState(false);
  return (
    <div
      className="tv-controls"
      data-shown={shown || undefined}
      role="group"
      aria-label={t('controls')}
    >
      {several &&
        VIEWS.map((each) => (
          <Button key={each} aria-pressed={each === view} onClick={() => onView(each)}>
            {t(`view_${each}`)}
          </Button>
        ))}
      {document.fullscreenEnabled && (
        <Button
          onClick={() =>
            void (
              document.fullscreenElement === null
                ? document.documentElement.requestFullscreen()
                : document.exitFullscreen()
            ).catch(() => undefined)
          }
        >
          {t('fullScreen')}
        </Button>
      )}
      <Button
        look={leaving ? 'danger' : 'plain'}
        onBlur={() => setLeaving(false)}
        onClick={() => (leaving ? onLeave() : setLeaving(true))}
      >
        {t(leaving ? 'leaveSure' : 'leave')}
      </Button>
    </div>
  );
}

/** Whether somebody moved the pointer or pressed a key a moment ago. */
function useStirred(): boolean {
  const [stirred, setStirred] = useState(true);
  useEffect(() => {
    let timer = setTimeout(() => setStirred(false), SHOWN_MS);
    const stir = () => {
      setStirred(true);
      clearTimeout(timer);
      timer = setTimeout(() => setStirred(false), SHOWN_MS);
    };
    const events = ['pointermove', 'pointerdown', 'keydown'] as const;
    for (const each of events) window.addEventListener(each, stir, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const each of events) window.removeEventListener(each, stir);
    };
  }, []);
  return stirred;
}
