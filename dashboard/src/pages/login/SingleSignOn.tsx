import { useQuery } from '@tanstack/react-query';
import { oidcOfferQuery } from '../../api/session';
import { ssoAddress } from '../../auth/sso';
import { useTexts } from '../../i18n/catalogue';
import { loginTexts } from './texts';

/** The way to the OpenID provider, where one is configured. */
export function SingleSignOn({ back }: { back: string | undefined }) {
  const t = useTexts(loginTexts);
  const { data: offer } = useQuery(oidcOfferQuery);
  if (offer?.enabled !== true) return null;
  return (
    <>
      <p className="door-or">{t('or')}</p>
      <a className="button button-plain" href={ssoAddress(back)}>
        {t('with', { provider: offer.name ?? t('provider') })}
      </a>
    </>
  );
}
