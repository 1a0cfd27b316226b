import { Link } from '@tanstack/react-router';
import { useTexts } from '../../i18n/catalogue';
import { Empty } from '../../ui/Notice';
import { anomaliesTexts } from './texts';

export function NoProject() {
  const t = useTexts(anomaliesTexts);
  return (
    <Empty title={t('noProject')}>
      <p>{t('noProjectHelp')}</p>
      <Link to="/settings/projects" className="button">
        {t('createProject')}
      </Link>
    </Empty>
  );
}
