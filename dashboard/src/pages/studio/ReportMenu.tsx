import { useTexts } from '../../i18n/catalogue';
import { Icon } from '../../ui/Icon';
import { Menu } from '../../ui/Menu';
import { studioTexts } from './texts';

export function ReportMenu(props: { onDuplicate: () => void; onRemove: () => void }) {
  const t = useTexts(studioTexts);
  return (
    <Menu
      align="end"
      trigger={
        <button
          type="button"
          className="button button-plain report-more"
          aria-label={t('reportMenu')}
        >
          <Icon name="more" />
        </button>
      }
      sections={[
        { kind: 'action', text: t('duplicate'), onSelect: props.onDuplicate },
        { kind: 'action', text: t('removeDo'), onSelect: props.onRemove },
      ]}
    />
  );
}
