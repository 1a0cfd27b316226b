import { useQuery } from '@tanstack/react-query';
import { oidcOfferQuery } from '../../api/session';
import { ssoAddress } from '../../auth/sso';

/** The way to the OpenID provider, where one is configured. */
export function SingleSignOn({ back }: { back: string | undefined }) {
  const { data: offer } = useQuery(oidcOfferQuery);
  if (offer?.enabled !== true) return null;
  return (
    <a className="button button-plain" href={ssoAddress(back)}>
      Sign in with {offer.name ?? 'single sign-on'}
    </a>
  );
}
