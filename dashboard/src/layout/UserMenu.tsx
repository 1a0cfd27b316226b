import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { logout, meQuery } from '../api/session';
import { loadShown } from '../i18n/catalogue';
import { useCommon } from '../i18n/common';
import { LANGUAGES, LANGUAGE_NAMES, setLanguage, useLanguage } from '../i18n/language';
import { noteSignedIn } from '../start/signedIn';
import { Icon } from '../ui/Icon';
import { Menu } from '../ui/Menu';
import { dismissToasts } from '../ui/toast';
import { THEMES, setTheme, useTheme } from './theme';

export function UserMenu() {
  const t = useCommon();
  const theme = useTheme();
  const language = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery);
  const signOut = useMutation({
    mutationFn: () => {
      dismissToasts();
      return logout();
    },
    onSuccess: async () => {
      noteSignedIn(false);
      await navigate({ to: '/login' });
      // What the sign-in page has asked for by now stays.
      client.removeQueries({ type: 'inactive' });
      client.getMutationCache().clear();
    },
  });

  return (
    <Menu
      align="end"
      trigger={
        <button type="button" id="user-menu" className="user" aria-label={t('account')}>
          <span className="avatar" aria-hidden="true">
            {(me?.name || me?.email || '?').charAt(0).toUpperCase()}
          </span>
          <span className="user-text">
            <span>{me?.name || me?.email}</span>
            <span className="user-role">{me !== undefined && t(`role_${me.role}`)}</span>
          </span>
          <Icon name="down" />
        </button>
      }
      sections={[
        { kind: 'label', text: me?.email ?? '' },
        {
          kind: 'choice',
          label: t('theme'),
          value: theme,
          options: THEMES.map((value) => ({ value, label: t(`theme_${value}`) })),
          onChange: (value) => setTheme(THEMES.find((known) => known === value) ?? 'system'),
        },
        {
          kind: 'choice',
          label: t('language'),
          value: language,
          options: LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] })),
          onChange: (value) => {
            const chosen = LANGUAGES.find((known) => known === value) ?? 'en';
            void setLanguage(chosen, loadShown);
          },
        },
        {
          kind: 'action',
          text: t('preferences'),
          onSelect: () => void navigate({ to: '/settings/preferences' }),
        },
        { kind: 'action', text: t('signOut'), onSelect: () => signOut.mutate() },
      ]}
    />
  );
}
